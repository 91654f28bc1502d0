"""What the service returns, as rows: a patient's reports, a page or a list of them.

Of each report the last version counts; voided and quarantined ones, those of other instruments and those
whose answers are withheld are left out and counted. On a day with several reports the last one observed
stands, as in the service itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from scoring.cli.sheet import Mistake, Sheet, WrongInput

_OF_A_REPORT = frozenset({"id", "patient_id", "instrument", "observed_on", "observed_at", "versions"})
_COUNTED = "current"
_RESPONDENTS = ("patient", "caregiver", "clinician")


def entries(document: object) -> Sequence[Mapping[str, object]] | None:
    """The reports in it; None where the service has not written it.

    Raises:
        WrongInput: it is one page of several.
    """
    pages = document if isinstance(document, list) else [document]
    found: list[Mapping[str, object]] = []
    for page in pages:
        items = page.get("items") if isinstance(page, Mapping) else None
        reports = items if isinstance(items, list) else [page]
        if not all(isinstance(report, Mapping) and report.keys() >= _OF_A_REPORT for report in reports):
            return None
        found += [report for report in reports if isinstance(report, Mapping)]
    last = pages[-1] if pages else None
    if isinstance(last, Mapping) and last.get("next"):
        detail = "this is one page of several (next is not null): fetch the others, and put all into one list"
        raise WrongInput([Mistake(detail)])
    return found if found else None


def rows(
    reports: Sequence[Mapping[str, object]], instrument: str
) -> tuple[list[Mapping[str, object]], list[str]]:
    """One row for each report that counts, and what was left out."""
    left_out: Counter[str] = Counter()
    found = list(_rows(reports, instrument, left_out))
    notes = [f"reports left out: {times} {why}" for why, times in sorted(left_out.items())]
    return found, [f"{len(found)} reports read from what the service returned", *notes]


def _rows(
    reports: Sequence[Mapping[str, object]], instrument: str, left_out: Counter[str]
) -> Iterator[Mapping[str, object]]:
    for report in reports:
        why = _why_not(report, instrument)
        if why:
            left_out[why] += 1
            continue
        versions = report["versions"]
        last = versions[-1] if isinstance(versions, list) and versions else {}
        last = last if isinstance(last, Mapping) else {}
        answers = last.get("answers")
        yield {
            "patient": report["patient_id"],
            "date": report["observed_on"],
            "time": report["observed_at"],
            "received": report.get("received_at"),
            "respondent": report.get("respondent"),
            "total": last.get("total"),
            **(answers if isinstance(answers, Mapping) else {}),
        }


def _why_not(report: Mapping[str, object], instrument: str) -> str:
    state = str(report.get("state", _COUNTED))
    if state != _COUNTED:
        return state
    if report["instrument"] != instrument:
        return "of other instruments"
    return "withheld" if report.get("withheld") else ""


def keep_one_respondent(sheet: Sheet) -> None:
    """Leave one respondent's reports, the patient's where there are any: respondents are no one series."""
    respondents = sheet.texts("respondent")
    one = next((who for who in _RESPONDENTS if who in respondents), "")
    kept = [place for place, who in enumerate(respondents) if who == one or not one]
    others = len(respondents) - len(kept)
    if others:
        sheet.rows = [sheet.rows[place] for place in kept]
        sheet.columns = {name: [column[place] for place in kept] for name, column in sheet.columns.items()}
        used = f"used are those of the {one}"
        sheet.decisions.append(f"reports of other respondents left out: {others}; {used}")
