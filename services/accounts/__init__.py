"""How people get in: sign-in, refresh, and one-use codes."""
