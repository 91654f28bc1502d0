"""`python -m scoring`: score, stage, slope and endpoints from JSON or CSV, without the service.

Text in, text out: files are read and written by `scoring.__main__` alone. `command_line` has the arguments,
one module each has the commands, `sheet` reads rows and `writing` prints results. Nothing is computed here.
"""

from scoring.cli.command_line import Outcome, run

__all__ = ["Outcome", "run"]
