"""Files as other programs write them: read right, or refused with row, column and what to do.

pandas and openpyxl write theirs here. The others are shaped, byte for byte, after what R (`write.csv`,
`write.csv2`, `write.table`), SAS (`PROC EXPORT`, formats DATE9. and DATETIME18., missing "."),
REDCap (export of raw data and of labels, with `redcap_event_name`) and PRO-ACT (the columns of its table of
ALSFRS forms) write by their manuals and public examples; every value is made up.
"""

from __future__ import annotations

import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from openpyxl import Workbook

from tests.scoring.cli.program import call_here, unusual

FRAME = pd.DataFrame(
    {
        "patient": ["P1", "P1", "P1", "Pä"],
        "date": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01", "2026-01-01"]),
        "total": [42, 40, None, 30],
    }
)
SLOPES = {"P1": (2, 1), "Pä": (1, 0)}
"""Readings and incomplete forms of each patient in all these files."""


def pandas_csv(**options: Any) -> bytes:
    """The frame as `to_csv` writes it."""
    encoding = options.pop("encoding", "utf-8")
    stream = StringIO()
    FRAME.to_csv(stream, **options)
    return stream.getvalue().encode(encoding)


def pandas_xlsx(**options: Any) -> bytes:
    stream = BytesIO()
    FRAME.to_excel(stream, **options)
    return stream.getvalue()


def pandas_json(**options: Any) -> bytes:
    return str(FRAME.to_json(orient="records", **options)).encode()


def workbook(rows: list[list[object]], formats: dict[str, str] | None = None) -> bytes:
    """A workbook by openpyxl; cells are formatted by their address."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for address, number_format in (formats or {}).items():
        book.active[address].number_format = number_format
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


R_CSV = (
    '"","patient","date","total"\n"1","P1",2026-01-01,42\n"2","P1",2026-02-01,40\n'
    '"3","P1",2026-03-01,NA\n"4","Pä",2026-01-01,30\n'
)
R_CSV2 = (
    '"";"patient";"date";"total"\n"1";"P1";2026-01-01;42,0\n"2";"P1";2026-02-01;40,0\n'
    '"3";"P1";2026-03-01;NA\n"4";"Pä";2026-01-01;30,0\n'
)
R_TABLE = '"patient" "date" "total"\n"1" "P1" 2026-01-01 42\n"2" "P1" 2026-02-01 40\n'
R_TABS = (
    "patient\tdate\ttotal\nP1\t2026-01-01\t42\nP1\t2026-02-01\t40\nP1\t2026-03-01\tNA\nPä\t2026-01-01\t30\n"
)
SAS_DATE9 = (
    "PATIENT,DATE,TOTAL\r\nP1,01JAN2026,42\r\nP1,01FEB2026,40\r\nP1,01MAR2026,.\r\nPä,01JAN2026,30\r\n"
)
SAS_DATETIME = SAS_DATE9.replace("2026,", "2026:08:30:00,")
SAS_SLASHES = (
    "PATIENT,DATE,TOTAL\r\nP1,01/01/2026,42\r\nP1,02/01/2026,40\r\nP1,03/01/2026,.\r\nPä,01/01/2026,30\r\n"
)
REDCAP = (
    "record_id,redcap_event_name,visit_date,alsfrsr_total,alsfrsr_complete\r\n"
    "P1,baseline_arm_1,2026-01-01,42,2\r\nP1,month_1_arm_1,2026-02-01,40,2\r\n"
    "P1,month_2_arm_1,2026-03-01,,0\r\nPä,baseline_arm_1,2026-01-01,30,2\r\n"
)
REDCAP_LABELS = (
    '"Record ID","Event Name","Date of visit","ALSFRS-R total score"\n'
    '"P1","Baseline","2026-01-01","42"\n"P1","Month 1","2026-02-01","40"\n'
    '"P1","Month 2","2026-03-01",""\n"Pä","Baseline","2026-01-01","30"\n'
)
REDCAP_MAP = (
    '{"record_id": "subject", "visit_date": "date", "alsfrsr_total": "total",'
    '"redcap_event_name": null, "alsfrsr_complete": null}'
)
LABELS_MAP = (
    '{"Record ID": "subject", "Date of visit": "date", "ALSFRS-R total score": "total","Event Name": ""}'
)
PRO_ACT_HEADER = (
    "subject_id,Q1_Speech,Q2_Salivation,Q3_Swallowing,Q4_Handwriting,Q5a_Cutting_without_Gastrostomy,"
    "Q5b_Cutting_with_Gastrostomy,Q6_Dressing_and_Hygiene,Q7_Turning_in_Bed,Q8_Walking,Q9_Climbing_Stairs,"
    "Q10_Respiratory,ALSFRS_Delta,ALSFRS_Total,ALSFRS_R_Total,R_1_Dyspnea,R_2_Orthopnea,"
    "R_3_Respiratory_Insufficiency,Mode_of_Administration,ALSFRS_Responded_By\n"
)
PRO_ACT = PRO_ACT_HEADER + (
    "P1,4.0,4.0,4.0,3.0,3.0,,3.0,3.0,3.0,3.0,,0.0,,42.0,4.0,4.0,4.0,In Clinic,\n"
    "P1,4.0,4.0,4.0,2.0,3.0,,3.0,3.0,3.0,2.0,,31.0,,40.0,4.0,4.0,4.0,In Clinic,Patient\n"
    "P1,4.0,4.0,4.0,2.0,3.0,,3.0,3.0,3.0,2.0,4.0,59.0,32.0,,,,,,\n"
    "Pä,2.0,2.0,2.0,2.0,,2.0,2.0,2.0,2.0,2.0,,0.0,,30.0,4.0,4.0,4.0,,\n"
)
OLD_EXCEL = (
    "patient;date;total\r\nP1;01.01.2026;42\r\nP1;01.02.2026;40\r\nP1;01.03.2026;\r\nPä;01.01.2026;30\r\n"
)


class Readable(NamedTuple):
    """A file, the options it needs, and how many notes it is read with."""

    content: bytes
    options: tuple[str, ...] = ()
    notes: int = 0


NA = ("--missing", "NA")
READABLE: dict[str, Readable] = {
    "pandas csv": Readable(pandas_csv(index=False)),
    "pandas csv with its index": Readable(pandas_csv()),
    "pandas csv for Europe": Readable(pandas_csv(index=False, sep=";", decimal=","), ("--decimal", "comma")),
    "pandas csv with tabs": Readable(pandas_csv(index=False, sep="\t")),
    "pandas csv, UTF-8 with a mark": Readable(pandas_csv(index=False, encoding="utf-8-sig")),
    "pandas csv, UTF-16": Readable(pandas_csv(index=False, encoding="utf-16")),
    "pandas csv, UTF-16 without a mark": Readable(pandas_csv(index=False, encoding="utf-16-le")),
    "pandas csv, Windows-1252": Readable(pandas_csv(index=False, encoding="cp1252"), notes=1),
    "pandas csv, Latin-1 by name": Readable(
        pandas_csv(index=False, encoding="latin-1"), ("--encoding", "latin-1")
    ),
    "pandas csv with words for missing": Readable(
        pandas_csv(index=False, na_rep="NaN"), ("--missing", "NaN")
    ),
    "pandas csv with times": Readable(pandas_csv(index=False, date_format="%Y-%m-%dT%H:%M:%S")),
    "pandas csv, dates without dashes": Readable(pandas_csv(index=False, date_format="%Y%m%d")),
    "pandas csv, day first": Readable(pandas_csv(index=False, date_format="%d.%m.%Y"), ("--dates", "dmy")),
    "pandas csv, all quoted": Readable(pandas_csv(index=False, quoting=1)),
    "pandas csv, Windows lines": Readable(pandas_csv(index=False, lineterminator="\r\n")),
    "pandas json": Readable(pandas_json(date_format="iso")),
    "pandas json, letters escaped": Readable(pandas_json(date_format="iso", force_ascii=True)),
    "pandas xlsx": Readable(pandas_xlsx(index=False)),
    "pandas xlsx with its index": Readable(pandas_xlsx()),
    "openpyxl": Readable(
        workbook(
            [
                ["PATIENT", "Date", "Total"],
                ["P1", "2026-01-01", "42"],
                ["P1", "2026-02-01", 40.0],
                ["P1", "2026-03-01", None],
                ["Pä", "2026-01-01", 30],
            ]
        )
    ),
    "openpyxl, real dates": Readable(
        workbook(
            [["patient", "date", "total"]]
            + [
                [name, date.to_pydatetime(), None if pd.isna(total) else total]
                for name, date, total in FRAME.values
            ]
        )
    ),
    "R write.csv": Readable(R_CSV.encode(), NA),
    "R write.csv in Windows-1252": Readable(R_CSV.encode("cp1252"), NA, 1),
    "R write.csv2": Readable(R_CSV2.encode(), (*NA, "--decimal", "comma")),
    "R write.table with tabs": Readable(R_TABS.encode(), NA),
    "SAS, DATE9": Readable(SAS_DATE9.encode(), ("--missing", ".")),
    "SAS, DATETIME": Readable(SAS_DATETIME.encode("cp1252"), ("--missing", "."), 1),
    "SAS, MMDDYY10": Readable(SAS_SLASHES.encode(), ("--missing", ".", "--dates", "mdy")),
    "REDCap": Readable(REDCAP.encode(), ("--columns", "redcap.json"), 1),
    "REDCap with labels": Readable(REDCAP_LABELS.encode(), ("--columns", "labels.json"), 1),
    "PRO-ACT": Readable(PRO_ACT.encode(), ("--columns", "pro-act"), 1),
    "Excel in German": Readable(OLD_EXCEL.encode("cp1252"), ("--dates", "dmy"), 1),
}


@pytest.fixture
def maps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "redcap.json").write_text(REDCAP_MAP)
    (tmp_path / "labels.json").write_text(LABELS_MAP)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("maps")
@pytest.mark.parametrize("name", READABLE)
def test_the_same_data_in_every_dress_gives_the_same_numbers(name: str) -> None:
    file = READABLE[name]
    done = call_here("trend", "-", *file.options, "--format", "json", stdin=file.content)
    assert done.returncode == 0, done.stderr
    assert len(unusual(done.stderr.splitlines())) == file.notes, done.stderr
    courses = {course["patient"]: course for course in json.loads(done.stdout)["results"]}
    assert {name: (one["readings"], one["incomplete"]) for name, one in courses.items()} == SLOPES
    line = courses["P1"]["least_squares"]
    assert (line["slope_per_month"], line["intercept"]) == (pytest.approx(-2 / (31 / 30.4375)), 42)


Refused = tuple[bytes, tuple[str, ...], str]
REFUSED: dict[str, Refused] = {
    "R write.table": (
        R_TABLE.encode(), (),
        "row 1: the columns are separated by spaces; write them with commas (in R: write.csv)",
    ),
    "R's NA without an option": (
        R_CSV.encode(), (),
        "row 4, column total: expected a number; if the word here means missing, add it to --missing",
    ),
    "SAS's point without an option": (
        SAS_DATE9.encode(), (),
        "row 4, column TOTAL: expected a number; if the word here means missing, add it to --missing",
    ),
    "American dates without an option": (
        SAS_SLASHES.encode(), ("--missing", "."),
        "row 2, column DATE: expected a date such as 2026-01-31; for day, month, year add --dates dmy,"
        " for month, day, year --dates mdy",
    ),
    "decimal commas without an option": (
        R_CSV2.encode(), NA,
        "row 2, column total: expected a number, with a point for decimals; for a comma add --decimal comma",
    ),
    "REDCap without a map": (
        REDCAP.encode(), (),
        "row 1, column record_id: unknown column;",
    ),
    "PRO-ACT without its word": (PRO_ACT.encode(), (), "row 1, column Q1_Speech: unknown column;"),
    "PRO-ACT with a total that its items do not make": (
        PRO_ACT.replace("In Clinic,\n", "In Clinic,\n").replace(",42.0,", ",41.0,").encode(),
        ("--columns", "pro-act"),
        "row 2, column ALSFRS_R_Total: differs from the items of this row, which make total",
    ),
    "a SAS data set": (
        b"\0" * 12 + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011"), (),
        "this is a SAS data set: use PROC EXPORT with DBMS=CSV",
    ),
    "an R data file": (
        b"\x1f\x8b\x08\0\0\0", (),
        "this is a compressed file: unpack it; an R data file (.rds, .RData): use write.csv",
    ),
    "a spreadsheet's number for a date": (
        workbook([["date", "total"], [46023, 40]]), (),
        "row 2, column date: expected a date such as 2026-01-31; programs store dates as numbers like"
        " this: write them in the form of a date",
    ),
    "a spreadsheet with a formula's error": (
        workbook([["date", "total"], ["2026-01-01", "#DIV/0!"]]), (),
        "row 2, column B: holds the error of a formula: mend it, or empty the cell",
    ),
    "a spreadsheet with a formula that nobody computed": (
        workbook([["date", "total"], ["2026-01-01", "=20+20"]]), (),
        "row 2, column B: holds a formula without a result: open the file in a spreadsheet program and save",
    ),
    "a spreadsheet with a title": (
        workbook([["My study"], ["date", "total"], ["2026-01-01", 40]]), (),
        "row 1: only one column has a name, and rows have more cells: take out a title",
    ),
    "a column in the wrong case of another word": (
        b"dates,total\n2026-01-01,40\n", (),
        "row 1, column dates: unknown column; did you mean date?; or use --ignore",
    ),
    "no column of totals": (
        b"date\n2026-01-01\n", (),
        "column total: there is no such column; there are: date; rename it, or say which one it is",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_says_where_and_what_to_do(name: str) -> None:
    content, options, line = REFUSED[name]
    done = call_here("trend", "-", *options, stdin=content)
    assert (done.returncode, done.stdout) == (1, "")
    assert any(found.startswith(line) for found in done.stderr.splitlines()), done.stderr


def test_thirty_files_and_more_are_tried() -> None:
    assert len(READABLE) >= 30
    assert len(REFUSED) >= 15


PRO_ACT_WORKBOOK = workbook([list(line.split(",")) for line in PRO_ACT.splitlines()])


@pytest.mark.parametrize("content", [PRO_ACT.encode(), PRO_ACT_WORKBOOK], ids=["csv", "workbook"])
def test_pro_acts_forms_are_scored_too(content: bytes) -> None:
    done = call_here("score", "alsfrs_r", "-", "--columns", "PRO-ACT", "--keep", "subject", stdin=content)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert [(row["kept"]["kept_subject"], row["total"]) for row in results] == [
        ("P1", 42), ("P1", 40), ("P1", None), ("Pä", 30),
    ]  # fmt: skip
    old = call_here("score", "alsfrs", "-", "--columns", "pro-act", stdin=content)
    assert old.returncode == 0, old.stderr
    assert [row["total"] for row in json.loads(old.stdout)["results"]] == [None, None, 32, None]
