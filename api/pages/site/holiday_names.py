"""What public holidays are called in the reader's language, where the library has English names only.

The names are the library's own. What is not among them stays in English, and is marked as such.
"""

from __future__ import annotations

from api.pages import texts
from api.pages.texts import mark as _
from services.sites.hours import Holiday

KNOWN = frozenset(
    {
        _("New Year's Day"),
        _("Epiphany"),
        _("Carnival Tuesday"),
        _("Women's Day"),
        _("International Women's Day"),
        _("Saint Patrick's Day"),
        _("Maundy Thursday"),
        _("Good Friday"),
        _("Holy Saturday"),
        _("Easter Sunday"),
        _("Easter Monday"),
        _("Labor Day"),
        _("May Day"),
        _("Ascension Day"),
        _("Pentecost"),
        _("Pentecost Monday"),
        _("Corpus Christi"),
        _("Assumption Day"),
        _("Assumption Of Mary Day"),
        _("Reformation Day"),
        _("All Saints' Day"),
        _("Repentance and Prayer Day"),
        _("Immaculate Conception"),
        _("Christmas Eve"),
        _("Christmas Day"),
        _("Second Day of Christmas"),
        _("Saint Stephen's Day"),
        _("Boxing Day"),
        _("Spring Bank Holiday"),
        _("August Bank Holiday"),
        _("Late Summer Bank Holiday"),
        _("National Day"),
        _("Republic Day"),
        _("Constitution Day"),
        _("Independence Day"),
        _("Liberation Day"),
        _("Victory Day"),
        _("Armistice Day"),
        _("Freedom Day"),
        _("Day of Portugal, Camões, and the Portuguese Communities"),
        _("Restoration of Independence Day"),
        _("German Unity Day"),
        _("Martin Luther King Jr. Day"),
        _("Washington's Birthday"),
        _("Memorial Day"),
        _("Juneteenth National Independence Day"),
        _("Columbus Day"),
        _("Veterans Day"),
        _("Thanksgiving Day"),
        _("Korean New Year"),
        _("The day preceding Korean New Year"),
        _("The second day of Korean New Year"),
        _("Independence Movement Day"),
        _("Children's Day"),
        _("Buddha's Birthday"),
        _("Chuseok"),
        _("The day preceding Chuseok"),
        _("The second day of Chuseok"),
        _("National Foundation Day"),
        _("Hangul Day"),
        _("National Unity Day"),
    }
)
_OBSERVED = " (observed)"
_INSTEAD_OF = "Alternative holiday for "


def told(holiday: Holiday) -> tuple[str, str]:
    """Return the name of a holiday and the language that it is in."""
    here = texts.language()
    if holiday.language == here:
        return holiday.name, here
    parts = holiday.name.split("; ")
    if not all(_plain(part) in KNOWN for part in parts):
        return holiday.name, holiday.language
    return "; ".join(_translated(part) for part in parts), here


def _plain(name: str) -> str:
    """The day's own name, also where another day is free for it."""
    return name.removesuffix(_OBSERVED).removeprefix(_INSTEAD_OF)


def _translated(name: str) -> str:
    own = texts.gettext(_plain(name))
    if name in KNOWN:
        return own
    return texts.gettext("%(holiday)s, on another day") % {"holiday": own}
