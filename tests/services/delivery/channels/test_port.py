"""What every channel has to keep to."""

from __future__ import annotations

import pytest

from models.alerts.notices import NoticeKind
from models.outbox.message import MessageKind
from services.delivery.channels import open_channels
from services.settings import Settings


def test_channels_are_told_apart_by_their_names(settings: Settings) -> None:
    names = list(open_channels(settings))
    assert len(set(names)) == len(names)
    assert not any(":" in name for name in names)  # it is part of a message's key


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_message_says_what_its_notice_says(kind: NoticeKind) -> None:
    assert MessageKind(kind.value).value == kind.value
