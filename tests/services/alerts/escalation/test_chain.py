"""The chain: who is on which rung, who is passed over, and whom a step tells."""

from __future__ import annotations

import pytest

from models.alerts.alert import Alert
from scoring.decline import Level, Topic
from services.alerts.escalation.chain import Rung, Team, ToldAs, chain, reached, told
from tests.services.alerts.escalation.teams import (
    ANN,
    BOB,
    CLEO,
    MONDAY,
    NIGHT,
    alert_of,
    away,
    came_back,
    team,
)

A, D, C, S, N, R = (
    ToldAs.ASSIGNED,
    ToldAs.DEPUTY,
    ToldAs.CARE_TEAM,
    ToldAs.SECOND_ADDRESS,
    ToldAs.OUT_OF_HOURS,
    ToldAs.RAISED,
)
EVERYBODY = {(ANN, C), (BOB, C), (CLEO, C)}
ASSIGNED = alert_of(assigned_to=ANN)
URGENT = alert_of(Level.URGENT)
SAFETY = alert_of(Level.SOON, Topic.SELF_HARM)
SILENCE = alert_of(Level.SOON, Topic.SILENCE)


def who(alert: Alert, present: Team, now=MONDAY) -> dict[Rung, set[tuple[str | None, ToldAs]]]:
    return {
        rung: {(recipient.account_id, recipient.because) for recipient in found}
        for rung, found in chain(alert, present, now).items()
    }


@pytest.mark.parametrize(
    ("alert", "present", "expected"),
    [
        (alert_of(), team(), {Rung.CARE_TEAM: EVERYBODY}),
        (
            ASSIGNED,
            team(absences=away(ANN, BOB, today=False), second_address=True),
            {
                Rung.ASSIGNED: {(ANN, A)},
                Rung.DEPUTY: {(BOB, D)},
                Rung.CARE_TEAM: EVERYBODY,
                Rung.SECOND_ADDRESS: {(None, S)},
            },
        ),
        # Whoever is absent is stood in for, and is no part of the care team.
        (
            ASSIGNED,
            team(absences=away(ANN, BOB)),
            {Rung.ASSIGNED: {(BOB, D)}, Rung.CARE_TEAM: {(BOB, C), (CLEO, C)}},
        ),
        # The deputy is absent too: the deputy's deputy.
        (
            ASSIGNED,
            team(absences=away(ANN, BOB) | away(BOB, CLEO)),
            {Rung.ASSIGNED: {(CLEO, D)}, Rung.CARE_TEAM: {(CLEO, C)}},
        ),
        # A circle, or a deputy who may not read it: the care team.
        (ASSIGNED, team(absences=away(ANN, BOB) | away(BOB, ANN)), {Rung.CARE_TEAM: {(CLEO, C)}}),
        (
            ASSIGNED,
            team(absences=away(ANN, BOB) | away(BOB, CLEO) | away(CLEO, BOB)),
            {Rung.CARE_TEAM: EVERYBODY},
        ),
        (ASSIGNED, team(absences=away(ANN, "dan")), {Rung.CARE_TEAM: {(BOB, C), (CLEO, C)}}),
        # All are absent: all are told, which is better than nobody.
        (alert_of(), team(ANN, BOB, absences=away(ANN) | away(BOB)), {Rung.CARE_TEAM: {(ANN, C), (BOB, C)}}),
        # Assigned to somebody who may not read it any more.
        (alert_of(assigned_to="dan"), team(), {Rung.CARE_TEAM: EVERYBODY}),
        # Came back: first to who had it.
        (came_back(BOB), team(), {Rung.ASSIGNED: {(BOB, A)}, Rung.CARE_TEAM: EVERYBODY}),
        (
            came_back(BOB, assigned_to=CLEO),
            team(),
            {Rung.ASSIGNED: {(CLEO, A)}, Rung.CARE_TEAM: EVERYBODY},
        ),
        (alert_of(seen_by=BOB), team(), {Rung.CARE_TEAM: EVERYBODY}),
        # Urgent and safety: everybody at once, whoever it is assigned to.
        (
            alert_of(Level.URGENT, assigned_to=ANN),
            team(second_address=True, absences=away(BOB)),
            {Rung.CARE_TEAM: {(ANN, R), (CLEO, R)}, Rung.SECOND_ADDRESS: {(None, S)}},
        ),
        (SAFETY, team(ANN), {Rung.CARE_TEAM: {(ANN, R)}}),
        # Coordinators see to silence; without one, and when it is urgent, all readers do.
        (SILENCE, team(coordinators=frozenset({BOB})), {Rung.CARE_TEAM: {(BOB, C)}}),
        (
            SILENCE,
            team(coordinators=frozenset({ANN, BOB}), absences=away(ANN, CLEO)),
            {Rung.CARE_TEAM: {(BOB, C), (CLEO, C)}},
        ),
        (SILENCE, team(), {Rung.CARE_TEAM: EVERYBODY}),
        (
            alert_of(Level.URGENT, Topic.SILENCE),
            team(coordinators=frozenset({BOB})),
            {Rung.CARE_TEAM: {(ANN, R), (BOB, R), (CLEO, R)}},
        ),
        # Nobody may read it.
        (alert_of(), Team(team().calendar, ()), {}),
    ],
)
def test_who_is_on_which_rung(alert: Alert, present: Team, expected: dict[Rung, set[object]]) -> None:
    assert who(alert, present) == expected


def test_out_of_hours_the_contact_is_told_of_what_is_urgent() -> None:
    present = team(ANN, BOB, out_of_hours=BOB)
    assert who(URGENT, present) == {Rung.CARE_TEAM: {(ANN, R), (BOB, R)}}
    assert who(URGENT, present, NIGHT)[Rung.CARE_TEAM] == {(BOB, N), (ANN, R), (BOB, R)}
    assert {(recipient.account_id, recipient.because) for recipient in told(URGENT, present, NIGHT)} == {
        (BOB, N),
        (ANN, R),
    }
    assert who(alert_of(), present, NIGHT) == {Rung.CARE_TEAM: {(ANN, C), (BOB, C)}}


def test_a_contact_who_may_not_read_it_is_not_told() -> None:
    assert who(URGENT, team(ANN, out_of_hours=BOB), NIGHT) == {Rung.CARE_TEAM: {(ANN, R)}}
    assert who(URGENT, team(ANN, out_of_hours=None), NIGHT) == {Rung.CARE_TEAM: {(ANN, R)}}


def test_an_absent_contact_is_stood_in_for_and_told_all_the_same_where_nobody_does() -> None:
    def contacted(**fields: object) -> set[str | None]:
        found = told(URGENT, team(ANN, BOB, out_of_hours=BOB, **fields), NIGHT)
        return {recipient.account_id for recipient in found if recipient.because is N}

    assert contacted(absences=away(BOB, ANN)) == {ANN}
    assert contacted(absences=away(BOB)) == {BOB}


@pytest.mark.parametrize(
    ("step", "last", "names"),
    [
        (0, Rung.ASSIGNED, [ANN]),
        (1, Rung.DEPUTY, [ANN, BOB]),
        (2, Rung.CARE_TEAM, [ANN, BOB, CLEO]),
        (3, Rung.SECOND_ADDRESS, [ANN, BOB, CLEO, None]),
    ],
)
def test_a_step_tells_those_below_it_again(step: int, last: Rung, names: list[str | None]) -> None:
    alert = alert_of(assigned_to=ANN, step=step)
    present = team(absences=away(ANN, BOB, today=False), second_address=True)
    assert reached(alert, chain(alert, present, MONDAY)) is last
    assert [recipient.account_id for recipient in told(alert, present, MONDAY)] == names


@pytest.mark.parametrize("step", range(4))
def test_a_rung_with_nobody_on_it_is_passed_over(step: int) -> None:
    assert {recipient.account_id for recipient in told(alert_of(step=step), team(), MONDAY)} == {
        ANN,
        BOB,
        CLEO,
    }


def test_where_nobody_may_read_it_the_site_is_told() -> None:
    empty = Team(team().calendar, (), second_address=True)
    assert [recipient.site_address for recipient in told(alert_of(), empty, MONDAY)] == [True]
    assert told(alert_of(), Team(team().calendar, ()), MONDAY) == ()
