"""Shapes of accounts: signing in, staff, devices, invitations."""
