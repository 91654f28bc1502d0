"""One account per id and per e-mail address, also when two are opened at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from models.accounts import accounts
from models.accounts.account import AccountEvent, AccountStep
from models.accounts.accounts import (
    Account,
    AccountDocument,
    AccountExists,
    EmailTaken,
    Membership,
    NewAccount,
)
from models.store.base import new_id
from tests.people import CLINIC

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
RACERS = 12


@pytest.fixture(autouse=True)
def _indexed(database: Any) -> None:
    AccountDocument.ensure_indexes()


STEP = AccountStep(NOW, AccountEvent.CREDENTIALS_CHANGED, CLINIC)


def opened(**fields: Any) -> Account:
    values: dict[str, Any] = {"id": new_id(), "name": "Jo", "email": "Jo@Example.org", "password_hash": "h"}
    return accounts.create(NewAccount(**values | fields), now=NOW)


def outcomes(attempt: Callable[[int], object]) -> list[str]:
    def tried(number: int) -> str:
        try:
            attempt(number)
        except (EmailTaken, AccountExists) as error:
            return type(error).__name__
        return "opened"

    with ThreadPoolExecutor(RACERS) as pool:
        return sorted(pool.map(tried, range(RACERS)))


def test_an_account_is_read_back_by_id_and_by_address() -> None:
    made = opened(roles=(Membership("north", "clinician"),))
    assert accounts.read(made.id) == made
    assert accounts.read_by_email("jo@example.ORG ") == made
    assert accounts.read("nobody") is None
    assert accounts.read_by_email("nobody@example.org") is None


def test_an_address_is_used_once_whatever_its_case() -> None:
    opened(email="jo@example.org")
    with pytest.raises(EmailTaken):
        opened(email="JO@example.org")


def test_an_id_is_used_once() -> None:
    made = opened()
    with pytest.raises(AccountExists):
        opened(id=made.id, email="other@example.org")


def test_any_number_of_accounts_has_no_address() -> None:
    assert {opened(email=None, password_hash=None).email for _ in range(3)} == {None}


def test_of_racing_accounts_with_one_address_one_is_opened() -> None:
    assert outcomes(lambda _: opened(email="race@example.org")) == ["EmailTaken"] * (RACERS - 1) + ["opened"]


def test_of_racing_accounts_with_one_id_one_is_opened() -> None:
    name = new_id()
    tried = outcomes(lambda n: opened(id=name, email=f"racer{n}@example.org"))
    assert tried == ["AccountExists"] * (RACERS - 1) + ["opened"]


def test_credentials_change_at_the_revision_that_was_read() -> None:
    made = opened()
    assert accounts.set_credentials(made, STEP, email="new@example.org", password_hash="g")
    assert not accounts.set_credentials(made, STEP, email="late@example.org", password_hash="f")
    changed = accounts.read_by_email("new@example.org")
    assert changed is not None
    assert (changed.password_hash, changed.rev) == ("g", 1)


def test_credentials_with_anothers_address_are_refused() -> None:
    opened(email="taken@example.org")
    made = opened()
    with pytest.raises(EmailTaken):
        accounts.set_credentials(made, STEP, email="Taken@example.org", password_hash="g")


def test_racing_roles_are_all_added_once() -> None:
    made = opened()
    with ThreadPoolExecutor(4) as pool:
        entries = [Membership(f"site {n % 2}", "clinician") for n in range(4)]
        list(pool.map(lambda entry: accounts.add_role(made.id, entry, by=CLINIC, now=NOW), entries))
    after = accounts.read(made.id)
    assert after is not None
    assert sorted(after.roles) == [("site 0", "clinician"), ("site 1", "clinician")]


def test_a_role_for_nobody_is_not_added() -> None:
    assert accounts.add_role("nobody", Membership("north", "clinician"), by=CLINIC, now=NOW) is None


def test_an_account_does_not_show_its_hash() -> None:
    assert "secret hash" not in repr(opened(password_hash="secret hash"))
