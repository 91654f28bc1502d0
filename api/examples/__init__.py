"""Examples of bodies and answers, as the document shows them."""
