"""A file as columns, its cells read as what they should be, and every mistake by row and column.

`decoding` makes text of bytes, `cells` reads one cell, `columns` finds out which column is which, `sheet`
reads whole columns, `mistakes` says what is wrong. How a file becomes a sheet: `scoring.cli.reading`.
"""

from scoring.cli.sheet.cells import MissingCodes, Spelling, Timestamp
from scoring.cli.sheet.columns import Naming, settle_columns
from scoring.cli.sheet.mistakes import Mistake, WrongCall, WrongInput
from scoring.cli.sheet.sheet import Sheet

__all__ = [
    "MissingCodes",
    "Mistake",
    "Naming",
    "Sheet",
    "Spelling",
    "Timestamp",
    "WrongCall",
    "WrongInput",
    "settle_columns",
]
