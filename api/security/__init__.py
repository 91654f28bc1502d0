"""Who is calling and what they may do: tokens, passwords, the permission table, the views' decorator.

`guard` is what the resources use. Nothing here knows a route, and nothing outside this package verifies
a secret.
"""
