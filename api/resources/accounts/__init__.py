"""Accounts: signing in, one's own account, a site's staff, invitations, and the phones of a patient."""
