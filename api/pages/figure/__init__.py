"""The figure of a patient's course: days and numbers in, percentages and paths out; the template draws them.

All rows share one axis of time in percent of their width, so columns line up at any width without a script.
`axis` and `paths` are geometry, `totals`, `items` and `lines` are the rows, `figure` puts them together.
"""
