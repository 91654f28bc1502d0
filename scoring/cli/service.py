"""What the service returns, as rows: a patient's reports, a page or a list of them, or a figure's data.

Of each report the last version counts; voided and quarantined ones, those of other instruments and those
whose answers are withheld are left out and counted. On a day with several reports the last one observed
stands, as in the service itself. Patients of whom nothing counts are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scoring.cli.sheet import Mistake, Sheet, WrongInput
from scoring.cli.sheet.subjects import first_of, natural
from scoring.endpoints import Source

_OF_A_REPORT = frozenset({"id", "patient_id", "instrument", "observed_on", "observed_at", "versions"})
_OF_A_FIGURE = frozenset({"patient_id", "span", "starts_on", "ends_on", "totals", "measures"})
_OF_TOTALS = "alsfrs_r"
"""The instrument of the totals of a figure; the others are its measures."""
_COUNTED = "current"
_RESPONDENTS = ("patient", "caregiver", "clinician")
_OF_A_ROW = frozenset({"subject", "date", "time", "received", "respondent", "source"})
"""What a row says beside the answers and their total."""


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


def figures(document: object) -> Sequence[Mapping[str, object]] | None:
    """The data of figures of patients (`/series`) in it; None where the service has not written it."""
    found = document if isinstance(document, list) else [document]
    ours = [entry for entry in found if isinstance(entry, Mapping) and entry.keys() >= _OF_A_FIGURE]
    return ours if ours and len(ours) == len(found) else None


def figure_rows(
    found: Sequence[Mapping[str, object]], instrument: str
) -> tuple[list[Mapping[str, object]], list[str]]:
    """One row for each value of an instrument that a figure shows, and what it leaves out."""
    made = [row for figure in found for row in _figure_rows(figure, instrument)]
    spans = dict.fromkeys(f"{figure['starts_on']} to {figure['ends_on']}" for figure in found)
    told = f"{len(made)} values read from a figure that the service returned"
    notes = [f"{told}; it shows {', '.join(spans)} only"]
    _note_nothing_of(notes, *_patients(found, made))
    return made, notes


def _figure_rows(figure: Mapping[str, object], instrument: str) -> Iterator[Mapping[str, object]]:
    if instrument == _OF_TOTALS:
        points = [
            (point, point.get("respondent"), point.get("total")) for point in _objects(figure["totals"])
        ]
    else:
        points = [
            (point, measure.get("respondent"), point.get("value"))
            for measure in _objects(figure["measures"])
            if measure.get("instrument") == instrument
            for point in _objects(measure.get("points"))
        ]
    for point, respondent, total in points:
        yield {
            "patient": figure["patient_id"],
            "date": point.get("day"),
            "respondent": respondent,
            "total": total,
        }


def _objects(listed: object) -> list[Mapping[str, object]]:
    return [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []


def rows(
    reports: Sequence[Mapping[str, object]], instrument: str
) -> tuple[list[Mapping[str, object]], list[str]]:
    """One row for each report that counts, and what was left out."""
    left_out: Counter[str] = Counter()
    found = list(_rows(reports, instrument, left_out))
    notes = [f"reports left out: {times} {why}" for why, times in sorted(left_out.items())]
    notes = [f"{len(found)} reports read from what the service returned", *notes]
    _note_nothing_of(notes, *_patients(reports, found))
    return found, notes


def _patients(
    returned: Sequence[Mapping[str, object]], read: Sequence[Mapping[str, object]]
) -> tuple[set[str], set[str]]:
    """Whom the service returned something of, and of whom a row is made."""
    return {str(entry["patient_id"]) for entry in returned}, {str(row["patient"]) for row in read}


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


def keep_one_respondent(sheet: Sheet, source: Source) -> None:
    """Leave one respondent's values, the patient's where there are any: respondents are no one series.

    What the others reported stays as rows of the other source than that of the values that are left, without
    a value: they show who was alive.
    """
    respondents = sheet.texts("respondent")
    one = next((who for who in _RESPONDENTS if who in respondents), "")
    used = [who == one or not one for who in respondents]
    if all(used):
        return
    sheet.decisions.append(
        f"reports of other respondents left out: {used.count(False)}; used are those of the {one}"
    )
    names = sheet.texts("subject")
    _note_nothing_of(sheet.decisions, names, {name for name, own in zip(names, used, strict=True) if own})
    other = Source.HOME if source is Source.CLINIC else Source.CLINIC
    sheet.columns["source"] = [(source if own else other).value for own in used]
    days = sheet.columns.get("date") or [None] * len(names)
    _blank(sheet, used, list(zip(names, days, strict=True)))


def _blank(sheet: Sheet, used: Sequence[bool], about: Sequence[tuple[str, object]]) -> None:
    """Of rows that are not used leave whom and which day they are about, where no other row says it."""
    told = {pair for pair, own in zip(about, used, strict=True) if own}
    kept = []
    for place, pair in enumerate(about):
        if used[place] or pair not in told:
            kept.append(place)
        told.add(pair)
    sheet.rows = [sheet.rows[place] for place in kept]
    sheet.columns = {
        name: [column[place] if used[place] or name in _OF_A_ROW else None for place in kept]
        for name, column in sheet.columns.items()
    }


def _note_nothing_of(decisions: list[str], names: Iterable[str], read: Iterable[str]) -> None:
    """Note patients of whom there is something, and nothing that is read."""
    without = {name for name in set(names) - set(read) if name.isprintable()}
    if without:
        ordered = sorted(without, key=lambda name: natural([name]))
        decisions.append(f"no report that is used, and so no value, of: {first_of(ordered)}")
