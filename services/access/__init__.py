"""Who is it, and may they: actors, the permission table, passwords, tokens and codes."""
