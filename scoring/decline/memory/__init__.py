"""What the fold remembers between reports: `memory` is the whole, the other files are its parts.

Nothing here knows a rule: rules read the memory, and `fold` brings it up to date with `recall`.
"""
