"""Each version of the rules says what changed with it."""

from __future__ import annotations

from scoring.decline.documentation.page import render
from scoring.decline.documentation.versions import VERSIONS, since
from scoring.decline.rules import BY_ID, RULES_VERSION


def test_the_versions_are_all_there_up_to_the_present_one() -> None:
    assert list(VERSIONS) == [str(number) for number in range(2, int(RULES_VERSION) + 1)]
    assert all(VERSIONS.values())


def test_the_rules_that_changed_are_rules() -> None:
    assert {
        rule for changes in VERSIONS.values() for change in changes for rule in change.rules
    } <= BY_ID.keys()


def test_what_changed_since_a_version_is_what_later_ones_say() -> None:
    assert since(RULES_VERSION) == {}
    assert list(since("4")) == ["5a", "6a", "6b", "6c", "7a", "8a", "8b", "8c"]
    assert len(since("1")) == sum(map(len, VERSIONS.values()))
    assert list(since("a branch")) == list(since("1"))


def test_the_page_says_it() -> None:
    page = render(None)
    assert all(change.text in page for changes in VERSIONS.values() for change in changes)
