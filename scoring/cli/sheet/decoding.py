"""Bytes as text: UTF-8, UTF-16 and UTF-32, with a mark or without, Windows-1252; and what else a file is."""

from __future__ import annotations

import codecs

from scoring.cli.sheet.mistakes import Mistake, WrongCall, WrongInput

FALLBACK = "cp1252"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AS_CSV = "export it as CSV (UTF-8)"
_OTHERS = (
    (b"%PDF", f"a PDF: open what it was made from and {_AS_CSV}"),
    (b"\x1f\x8b", "a compressed file: unpack it; an R data file (.rds, .RData): use write.csv"),
    (b"BZh", "a compressed file: unpack it"),
    (b"\xfd7zXZ", "a compressed file: unpack it"),
    (b"RDX", "an R data file: use write.csv"),
    (b"RDA", "an R data file: use write.csv"),
    (b"$FL2", f"an SPSS file: {_AS_CSV}"),
    (b"$FL3", f"an SPSS file: {_AS_CSV}"),
    (b"HEADER RECORD***", "a SAS transport file: use PROC EXPORT with DBMS=CSV"),
    (b"<stata_dta>", "a Stata file: use export delimited"),
    (b"PAR1", "a Parquet file: write it as CSV"),
    (b"ARROW1", "a Feather file: write it as CSV"),
    (b"\x89HDF", "an HDF5 or MATLAB file: write it as CSV"),
    (b"SQLite format 3", "a database: write the table as CSV"),
    (b"{\\rtf", f"a text document: {_AS_CSV}"),
)
_SAS_MARK = bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
_PAGE = (b"<!doctype", b"<html", b"<?xml", b"<table")


def refuse_other_kinds(data: bytes) -> None:
    """Name a kind of file that is not read here, and what to do instead.

    Raises:
        WrongInput: it is one of them.
    """
    for mark, what in _OTHERS:
        if data.startswith(mark):
            raise WrongInput([Mistake(f"this is {what}")])
    if _SAS_MARK in data[:64]:
        raise WrongInput([Mistake("this is a SAS data set: use PROC EXPORT with DBMS=CSV")])
    if data[:200].lstrip().lower().startswith(_PAGE):
        raise WrongInput([Mistake(f"this is a web page or XML: {_AS_CSV}")])


def decode(data: bytes, encoding: str = "") -> tuple[str, str]:
    """The text, and a note where the encoding was guessed.

    Raises:
        WrongInput: it is not text in that encoding, or in any that is guessed.
        WrongCall: the encoding is not known.
    """
    if encoding:
        return _decode(data, _known(encoding)).removeprefix("\ufeff"), ""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], name), ""
    if b"\0" in data[:4000]:
        return _decode(data, _with_zeros(data[:4000])), ""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        _refuse_mixed(data, error.start)
    note = "the file is not UTF-8 and was read as Windows-1252; --encoding names another"
    return _decode(data, FALLBACK), note


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "x".encode(name)
    except (LookupError, ValueError) as error:
        raise WrongCall(f"there is no encoding of this name: {encoding}") from error
    return name


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        row = data.count(b"\n", 0, start) + 1
        detail = f"a byte in this line is not {_named(encoding)}; say --encoding, or save the file as UTF-8"
        raise WrongInput([Mistake(detail, row, unit="line")]) from error


def _named(encoding: str) -> str:
    return "Windows-1252, nor is the file UTF-8" if encoding == FALLBACK else encoding.upper()


def _with_zeros(start: bytes) -> str:
    """UTF-16 without a mark: which half of the pairs is 0 says the order of the bytes."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) < len(start) // 8:
        raise WrongInput([Mistake("this is not a text file: export the data as CSV (UTF-8)")])
    return "utf-16-be" if even > odd else "utf-16-le"


def _refuse_mixed(data: bytes, start: int) -> None:
    """Some letters are UTF-8 and some are not: no guess can be right."""
    text = data.decode("utf-8", "surrogateescape")
    if any(letter > "\x7f" and not "\udc80" <= letter <= "\udcff" for letter in text):
        row = data.count(b"\n", 0, start) + 1
        detail = "a byte in this line is not UTF-8, while other letters are: say --encoding, or mend the file"
        raise WrongInput([Mistake(detail, row, unit="line")])
