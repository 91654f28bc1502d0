"""Checks that every name in a definition is there once and refers to something."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scoring.instruments.checks.draft import Draft
from scoring.instruments.terms import Kind, Proxy
from scoring.problems import Problem


def reference_problems(draft: Draft) -> Iterator[Problem]:
    """Yield names that are doubled or refer to nothing."""
    for check in _CHECKS:
        yield from check(draft)


def _doubled(draft: Draft) -> Iterator[Problem]:
    for member, word in (("items", "item"), ("domains", "domain"), ("scores", "score")):
        seen = set()
        for pointer, part in getattr(draft, member):
            if part.key in seen:
                yield Problem(f"{pointer}/key", f"duplicate_{word}", f"another {word} has the key {part.key}")
            seen.add(part.key)


def _items(draft: Draft) -> Iterator[Problem]:
    for pointer, item in draft.items:
        if item.domain and item.domain not in draft.given["domains"]:
            yield Problem(f"{pointer}/domain", "unknown_domain", f"there is no domain {item.domain}")
        if item.slot in draft.given["items"]:
            yield Problem(f"{pointer}/slot", "slot_is_item", f"{item.slot} is the key of an item")


def _read_by_scores(draft: Draft) -> Iterator[Problem]:
    for pointer, rule in draft.scores:
        if rule.kind is Kind.TABLE:
            continue
        for place, name in enumerate(rule.of):
            at = f"{pointer}/of/{place}"
            if name not in draft.given["places"]:
                hint = "; name its slot" if name in draft.given["items"] else ""
                yield Problem(at, "unknown_item", f"there is no item or slot {name}{hint}")
            if name in rule.of[:place]:
                yield Problem(at, "counted_twice", f"{name} is in this score already")


def _never_scored(draft: Draft) -> Iterator[Problem]:
    if not draft.scores or not draft.all_read("scores"):
        return
    read = {name for _, rule in draft.scores if rule.kind is not Kind.TABLE for name in rule.of}
    for pointer, item in draft.items:
        if not item.optional and item.place not in read:
            yield Problem(pointer, "never_scored", f"no score reads {item.place}, and it is not optional")


def _looked_up(draft: Draft) -> Iterator[Problem]:
    before = set(draft.given["scores"] - {rule.key for _, rule in draft.scores})
    for pointer, rule in draft.scores:
        if rule.kind is Kind.TABLE and (len(rule.of) != 1 or rule.of[0] not in before):
            yield Problem(
                f"{pointer}/of", "unknown_score", "a table looks up one score that stands before it"
            )
        before.add(rule.key)


def _of_scores(draft: Draft) -> Iterator[Problem]:
    named = [(pointer, band.score) for pointer, band in draft.bands]
    named += [(pointer, change.score) for pointer, change in draft.changes]
    for pointer, score in named:
        if score not in draft.given["scores"]:
            yield Problem(f"{pointer}/score", "unknown_score", f"there is no score {score}")
    main = draft.document.get("main")
    profiles = {rule.key for _, rule in draft.scores if rule.kind is Kind.PROFILE}
    if isinstance(main, str) and main and (main not in draft.given["scores"] or main in profiles):
        yield Problem("/main", "unknown_score", "there is no such score with numbers")


def _who_answers(draft: Draft) -> Iterator[Problem]:
    subject, respondents = draft.document.get("subject"), draft.document.get("respondents")
    if not isinstance(respondents, list):
        return
    if subject not in respondents:
        yield Problem("/respondents", "subject_cannot_answer", "the subject has to be among those who answer")
    if draft.document.get("proxy") == Proxy.REFUSED and respondents != [subject]:
        yield Problem("/respondents", "proxy_refused", "only the subject can answer, as the proxy rule says")


_CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    _doubled,
    _items,
    _read_by_scores,
    _never_scored,
    _looked_up,
    _of_scores,
    _who_answers,
)
