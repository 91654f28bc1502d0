"""Where notices go, and what became of them."""
