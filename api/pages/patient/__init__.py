"""What the page of a patient shows beside the figure: who it is, the numbers, what needs a look."""
