"""What a browser is called in the list of one's devices, from what it says about itself."""

from __future__ import annotations

_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_named(user_agent: str) -> str:
    """Return such as `Firefox on Linux`, as far as it can be told."""
    browser = next((name for part, name in _BROWSERS if part in user_agent), "Browser")
    system = next((name for part, name in _SYSTEMS if part in user_agent), None)
    return browser if system is None else f"{browser} on {system}"
