"""What the pages of a site show and read from their forms."""
