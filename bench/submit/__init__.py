"""How fast reports are taken, next to the least that any server on this machine and engine could do.

The floor is a bare Flask view with one acknowledged insert under the same server settings (`floor`). Both
run at once and are driven in turns, so that a busy machine slows both; the ratio is the figure that travels.
"""
