"""What the worklist's page asks for and shows."""
