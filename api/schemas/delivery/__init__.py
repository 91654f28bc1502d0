"""Shapes of where notices go, and of what became of them."""
