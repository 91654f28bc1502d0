"""`slope`, or `python -m scoring`: score, stage, trend and endpoints from files, without the service.

Text in, text out: files are read and written by `scoring.__main__` alone. `arguments` has the options,
`command_line` runs a command, `answers`, `series` and `visits` are the commands, `reading` and `sheet` make
rows of text, `writing` makes text of results. Nothing is computed here.
"""

from scoring.cli.command_line import Outcome, run

__all__ = ["Outcome", "run"]
