"""What the words of the document mean: sets of words, codes of problems, codes of wrong places."""
