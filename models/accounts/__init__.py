"""Accounts, their sessions, one-use codes, and attempts to sign in."""
