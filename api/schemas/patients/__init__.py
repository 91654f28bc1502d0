"""Shapes of patients, and of what is drawn of them."""
