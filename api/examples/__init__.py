"""Examples of bodies, and the responses that the running service gave to them, as the document shows them."""
