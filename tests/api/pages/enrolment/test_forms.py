"""What the form of a new patient means, and what it is told when it cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from api.pages.enrolment import forms
from api.pages.enrolment.forms import NotRead
from models.accounts.invitations import InvitationKind
from models.patients.grants import GrantScope

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ID = "019ab1c2-0000-7000-8000-0000000000b1"
FORM = {"id": ID, "name": "Maria Silva", "zone": "Europe/Lisbon", "report_interval_days": "14"}


def test_empty_fields_are_left_out_and_ticked_ones_mean_now() -> None:
    form = FORM | {"born_on": "1961-03-02", "study_code": "", "consent": "1", "interpreter": "1"}
    made = forms.new_patient(form, site_id=ID, now=NOW)
    assert (made.name, made.study_code, made.consent_at) == ("Maria Silva", None, NOW)
    assert made.profile.report_interval_days == 14
    assert made.contact == {"born_on": date(1961, 3, 2), "interpreter": True}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("name", "", "Name: "), ("zone", "Nowhere", "Time zone: "), ("born_on", "yesterday", "Birth date: ")],
)
def test_what_cannot_be_is_said_with_the_name_of_the_field(field: str, value: str, said: str) -> None:
    with pytest.raises(NotRead) as caught:
        forms.new_patient(FORM | {field: value}, site_id=ID, now=NOW)
    assert [sentence for sentence in caught.value.sentences if sentence.startswith(said)]


def test_a_carer_needs_a_name() -> None:
    wanted = forms.invitation({"kind": "caregiver", "name": "Rui", "relation": "son", "grant_scope": "read"})
    assert (wanted.kind, wanted.name, wanted.relation) == (InvitationKind.CAREGIVER, "Rui", "son")
    assert wanted.grant_scope is GrantScope.READ
    with pytest.raises(NotRead):
        forms.invitation({"kind": "caregiver", "name": ""})
