"""Two ways to use a page: by keyboard alone, and by pointer. A test that takes `hands` is run with both."""

from __future__ import annotations

from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page

MOST_TABS = 250
_REACHED = """(one) => {
    if (one !== document.activeElement) return null;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const bottom = Math.min(box.bottom, innerHeight);  // a large field may begin in view and end below
    const there = document.elementFromPoint(box.x + box.width / 2, (box.y + bottom) / 2);
    return {
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0,
        seen: one.contains(there) || (one.closest('label')?.contains(there) ?? false),
    };
}"""


class Hands(Protocol):
    """Somebody's way to use a page."""

    def press(self, target: Locator) -> None:
        """Press a button, follow a link, open what is folded, tick a box."""

    def write(self, target: Locator, text: str) -> None:
        """Write into a field, in place of what stands there."""

    def choose(self, target: Locator, option: str) -> None:
        """Choose from a list."""


class Keyboard:
    """Goes on by Tab until it is there; what has the focus has to show it, and nothing may lie over it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        self._reach(target)
        ticked = target.evaluate("(one) => ['checkbox', 'radio'].includes(one.type)")
        self._page.keyboard.press("Space" if ticked else "Enter")

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        self._page.keyboard.press("Control+A")
        self._page.keyboard.type(text)

    def choose(self, target: Locator, option: str) -> None:
        self._reach(target)
        self._page.keyboard.type(option)
        assert target.evaluate("(one) => one.selectedOptions[0].text.trim()") == option

    def _reach(self, target: Locator) -> None:
        for _ in range(MOST_TABS):
            found = target.evaluate(_REACHED)
            if found is not None:
                assert found == {"ring": True, "seen": True}, (found, target)
                return
            self._page.keyboard.press("Tab")
        pytest.fail(f"not reached by Tab: {target}")


class Pointer:
    """Clicks where it sees something; only text is typed. The list of a choice is the system's own."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, text: str) -> None:
        target.click(click_count=3)
        self._page.keyboard.type(text)

    def choose(self, target: Locator, option: str) -> None:
        target.select_option(option)


BOTH = {"keyboard": Keyboard, "pointer": Pointer}
