"""Bytes as text, and the kinds of file that are none."""

from __future__ import annotations

import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.cli.sheet import WrongCall, WrongInput
from scoring.cli.sheet.decoding import decode, refuse_other_kinds

TEXT = "subject,arm\nÄöß,Placébo\n"
LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
    ],
    ids=range(8),
)
def test_every_form_of_unicode_is_found_out(data: bytes) -> None:
    assert decode(data) == (TEXT, "")


def test_windows_1252_is_taken_with_a_note() -> None:
    text, note = decode(TEXT.encode("cp1252"))
    assert text == TEXT
    assert note == "the file is not UTF-8 and was read as Windows-1252; --encoding names another"


@pytest.mark.parametrize(("data", "text"), [(b"a\x80", "a€"), (b"a\xff\x7f", "aÿ\x7f"), (b"\xc3", "Ã")])
def test_the_ends_of_windows_1252(data: bytes, text: str) -> None:
    assert decode(data)[0] == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "äöüß,Ω\n", "日本語,ab\n", "x", "日本a," * 20, "日本語a", "日本語a日"]
)
def test_which_half_of_utf_16_is_zero_says_the_order_of_the_bytes(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding))[0] == text


def test_a_few_zeros_make_no_utf_16() -> None:
    others = "日本語日本語日a".encode("utf-16-le")
    for content in (b"abcdefgh" * 20 + b"\0", b"\0" + b"abcdefgh" * 20, others):
        with pytest.raises(WrongInput) as caught:
            decode(content)
        assert str(caught.value) == "this is not a text file: export the data as CSV (UTF-8)"


@given(LETTERS)
def test_a_named_encoding_is_believed(text: str) -> None:
    for encoding in ("utf-8", "UTF-16", "utf-16-le", "utf-32", "utf-8-sig"):
        assert decode(text.encode(encoding), encoding) == (text, "")
    for encoding in ("utf-8", "utf-16-le", "utf-32-be"):
        assert decode(f"\ufeff{text}".encode(encoding), encoding) == (text, "")
    assert decode(b"\xe9", "latin-1") == ("é", "")


@pytest.mark.parametrize("name", ["utf-9", "no such thing", "\0", "rot13", "base64"])
def test_an_unknown_encoding_is_a_wrong_call(name: str) -> None:
    with pytest.raises(WrongCall, match="there is no encoding of this name"):
        decode(b"a", name)


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (
            b"a\n\x81\n",
            "",
            "line 2: a byte in this line is not Windows-1252, nor is the file UTF-8;",
        ),
        (
            b"\na\xc3\xa4\nb\xe4",
            "",
            "line 3: a byte in this line is not UTF-8, while other letters are",
        ),
        (
            b"\n\n\xe4\n",
            "utf-8",
            "line 3: a byte in this line is not UTF-8; say --encoding",
        ),
        (b"\xff\xfea\0b", "", "not UTF-16-LE; say --encoding"),
        (b"xn--0\n", "punycode", "line 1: a byte in this line is not PUNYCODE; say --encoding"),
        (b"abc" * 30 + b"\0", "", "this is not a text file: export the data as CSV (UTF-8)"),
    ],
    ids=range(6),
)
def test_bytes_that_are_no_text_are_named(data: bytes, encoding: str, message: str) -> None:
    with pytest.raises(WrongInput) as caught:
        decode(data, encoding)
    assert message in str(caught.value)


@given(st.binary(max_size=300))
def test_no_bytes_whatever_end_in_anything_else(data: bytes) -> None:
    with contextlib.suppress(WrongInput):
        refuse_other_kinds(data)
        assert isinstance(decode(data)[0], str)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "write.csv"),
        (b"RDX3\nX\n", "an R data file: use write.csv"),
        (b"$FL2@(#) SPSS DATA FILE", "an SPSS file: export it as CSV (UTF-8)"),
        (b"HEADER RECORD*******LIBRARY HEADER", "a SAS transport file: use PROC EXPORT with DBMS=CSV"),
        (
            b"\0" * 12 + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011"),
            "a SAS data set: use PROC EXPORT",
        ),
        (b"<stata_dta><header>", "a Stata file: use export delimited"),
        (b"PAR1", "a Parquet file"),
        (b"  <!DOCTYPE html>", "a web page or XML"),
        (b"<?xml version", "a web page or XML"),
    ],
)
def test_other_kinds_of_file_are_named_with_what_to_do(data: bytes, what: str) -> None:
    with pytest.raises(WrongInput) as caught:
        refuse_other_kinds(data)
    assert str(caught.value).startswith("this is ")
    assert what in str(caught.value)
