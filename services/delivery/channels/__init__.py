"""The ways to reach people: one module each, and their list. `port` says what a channel is."""

from __future__ import annotations

from collections.abc import Callable

from services.delivery.channels.email import EmailChannel
from services.delivery.channels.port import Channel
from services.delivery.channels.webhook import WebhookChannel
from services.settings import Settings

CHANNELS: tuple[Callable[[Settings], Channel], ...] = (EmailChannel, WebhookChannel)
"""How each channel is made from the settings; a new one is a line here."""


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Return the channels by name."""
    made = (make(settings) for make in CHANNELS)
    return {channel.name: channel for channel in made}
