"""What makes a written definition sound.

`schema` and `shape` look at types and limits; `draft` reads what can be read; `references` and `ranges` look
for names that lead nowhere and numbers that contradict each other. `mistakes` has the error that lists them.
"""
