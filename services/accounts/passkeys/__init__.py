"""Passkeys: what browsers are asked and answer, and what accounts do with them."""
