"""Which alerts a reader asks for: a view by its address, and what is searched for by a form.

Words and topics travel in the body of a form, and in an address only sealed, so that no name and no topic
stands in the browser's history or in a proxy's log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.pages.texts import mark as _
from models.alerts.alert import Condition
from models.alerts.worklists import AlertFilter
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Actor
from services.alerts import worklist
from services.alerts.worklist import AssignedWord, StateWord, WorklistQuery

PER_PAGE = 50
_MOST_WORDS = 120
PLAIN = ("view", "level")
"""The fields that stand readable in an address."""
_MOST_CURSOR = 120

VIEWS: Mapping[str, str] = {
    "current": _("All that need somebody"),
    "mine": _("Mine"),
    "overdue": _("Overdue"),
    "passed": _("Passed, nobody has looked"),
    "ended_unseen": _("Ended, nobody had looked"),
    "ended": _("Ended"),
}
"""The views of the list, by the word that stands in the address."""

_MEANING: Mapping[str, tuple[StateWord, dict[str, Any]]] = {
    "current": (StateWord.CURRENT, {}),
    "mine": (StateWord.CURRENT, {"assigned_to": AssignedWord.ME}),
    "overdue": (StateWord.OPEN, {"overdue": True}),
    "passed": (StateWord.CURRENT, {"condition": Condition.PASSED, "seen": False}),
    "ended_unseen": (StateWord.ENDED_UNSEEN, {}),
    "ended": (StateWord.ENDED, {}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for.

    Attributes:
        view: one of `VIEWS`.
        words: of a name or a study code.
        after: where the page begins.
    """

    view: str = "current"
    level: Level | None = None
    topic: Topic | None = None
    words: str = ""
    after: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """Return what the fields of a form, or of an address and its seal, ask for.

        What makes no sense is left out.
        """
        view, level, topic = given.get("view", ""), given.get("level", ""), given.get("topic", "")
        return cls(
            view=view if view in VIEWS else "current",
            level=Level(level) if level in set(Level) else None,
            topic=Topic(topic) if topic in set(Topic) else None,
            words=given.get("words", "").strip()[:_MOST_WORDS],
            after=given.get("after", "")[:_MOST_CURSOR] or None,
        )

    @property
    def narrowed(self) -> bool:
        """Whether less is asked for than the view has."""
        return bool(self.words) or self.topic is not None or self.level is not None

    def wanted(self, scope: Scope, reader: Actor) -> WorklistQuery:
        """Return the page of alerts that it stands for."""
        word, meaning = _MEANING[self.view]
        given = dict(meaning)
        if self.level is not None:
            given["level"] = self.level
        if self.topic is not None:
            given["topic"] = self.topic.value
        alerts: AlertFilter = worklist.filter_for(word, reader=reader, **given)
        if self.words:
            alerts = worklist.about(alerts, self.words, scope)
        return WorklistQuery(alerts, self.after, PER_PAGE)
