"""What the rules say, in the language of whoever reads."""
