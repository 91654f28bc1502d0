"""HTTP: one blueprint per resource. A view takes the request apart and calls one service."""
