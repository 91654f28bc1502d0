"""Conditions as RFC 9110 has them, and what compressing proxies make of tags."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import PreconditionRequired

from api.rest.preconditions import expected_rev, known_tags
from services.access.actor import Role
from services.errors import ChangedMeanwhile
from tests.people import People, Person

PRESENT = 3


def asked(app: Flask, **headers: str) -> Any:
    return app.test_request_context(headers={name.replace("_", "-"): text for name, text in headers.items()})


@pytest.mark.parametrize(
    "header",
    [
        '"3"',
        ' "3" ',
        'W/"3"',
        '"3-gzip"',
        'W/"3-gzip"',
        '"3;gzip"',
        '"3--gzip"',
        '"3-br"',
        '"3-zstd"',
        "*",
        " * ",
        '"1", "3"',
        '"777","3-gzip"',
        ', "2",, W/"3" ,',
        '"of-another", "3"',
    ],
)
def test_a_condition_that_names_the_present_revision_holds(app: Flask, header: str) -> None:
    with asked(app, If_Match=header):
        assert expected_rev(lambda: PRESENT) == PRESENT


@pytest.mark.parametrize(
    "header",
    [
        "",
        "3",
        "W/3",
        'w/"3"',
        '"3',
        '"3" x',
        '"003"',
        '"3-"',
        '"3-bzip2"',
        '"-gzip"',
        '"1", "2"',
        '"*"',
        '*, "3"',
        '"1000000000"',
        '"³"',
        '"",""',
    ],
)
def test_a_condition_that_does_not_name_it_is_refused(app: Flask, header: str) -> None:
    with asked(app, If_Match=header), pytest.raises(ChangedMeanwhile):
        expected_rev(lambda: PRESENT)


def test_one_revision_is_handed_on_without_a_look_at_the_present_one(app: Flask) -> None:
    """The update's own query compares; a look before it would only be a race."""

    def never() -> int:
        raise AssertionError

    with asked(app, If_Match='W/"2-gzip", "2"'):
        assert expected_rev(never) == 2


def test_no_condition_is_asked_for(app: Flask) -> None:
    with asked(app), pytest.raises(PreconditionRequired):
        expected_rev(lambda: PRESENT)


def test_tags_that_are_kept_are_read_with_what_proxies_made_of_them(app: Flask) -> None:
    with asked(app, If_None_Match='W/"a.1-gzip", "b" , W/"c,d"'):
        assert known_tags() == {"a.1", "b", "c,d"}


@pytest.fixture
def clinician(people: People) -> Person:
    return people.staff(people.site(), Role.CLINICIAN)


def forms(tag: str) -> list[str]:
    """What stands for a tag, when the answer was compressed on its way or several are kept."""
    text = tag.removeprefix("W/").strip('"')
    return [
        tag,
        f'W/"{text}"',
        f'"{text}-gzip"',
        f'W/"{text}-br"',
        "*",
        f'"another", {tag}',
        f'{tag}, "x-gzip"',
    ]


@pytest.mark.parametrize("path", ["/v1/alerts", "/v1/instruments", "/v1/instruments/who_5", "/v1/me/sites"])
def test_who_keeps_the_present_answer_is_told_so_with_its_tag(
    client: Any, clinician: Person, path: str
) -> None:
    tag = client.get(path, headers=clinician.headers).headers["ETag"]
    for kept in forms(tag):
        again = client.get(path, headers=clinician.headers | {"If-None-Match": kept})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag), kept
    for other in ('"another"', tag[:-2] + 'x"', tag.strip('"')):
        assert client.get(path, headers=clinician.headers | {"If-None-Match": other}).status_code == 200


def test_a_change_is_made_by_each_form_of_the_tag_and_by_no_stale_one(client: Any, people: People) -> None:
    admin = people.staff(site := people.site(), Role.ADMIN)
    path, number = f"/v1/sites/{site.id}", 0
    tag = client.get(path, headers=admin.headers).headers["ETag"]
    for number in range(len(forms(tag))):
        stale, tag = tag, client.get(path, headers=admin.headers).headers["ETag"]
        wanted = {"reads_reports": f"On day {number}."}
        sent = admin.headers | {"If-Match": forms(tag)[number]}
        assert client.patch(path, json=wanted, headers=sent).status_code == 200, sent
        again = client.patch(path, json=wanted, headers=admin.headers | {"If-Match": tag})
        assert again.status_code == 412
        assert again.json["code"] == "changed_meanwhile"
    assert stale != tag
