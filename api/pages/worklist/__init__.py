"""What the lists of the pages are asked for: the worklist, and searches of any list."""
