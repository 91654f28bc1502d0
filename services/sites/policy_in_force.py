"""The policy that patients of a site are judged by: the site's own limits with the patient's exceptions.

What is stored was checked when it was stored; what is not possible any more is left out and logged, because
not judging would be silence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import orjson

from models.sites.sites import Site
from scoring.decline import InvalidPolicy, Policy

_log = logging.getLogger(__name__)


def policy_of(overrides: Iterable[Mapping[str, Any]], site: Site) -> Policy:
    """Return the site's policy with these exceptions."""
    return policy_from(site.policy, overrides, site.policy_version)


def policy_from(content: Mapping[str, Any], overrides: Iterable[Mapping[str, Any]], version: str) -> Policy:
    """Return a stored policy with these exceptions; what is not possible any more is left out."""
    exceptions = orjson.dumps([dict(override) for override in overrides], option=orjson.OPT_SORT_KEYS)
    return _policy(orjson.dumps(dict(content), option=orjson.OPT_SORT_KEYS), exceptions, version)


@lru_cache(maxsize=512)
def _policy(policy: bytes, overrides: bytes, version: str) -> Policy:
    content, exceptions = {**orjson.loads(policy), "version": version}, orjson.loads(overrides)
    with suppress(InvalidPolicy):
        return Policy.from_mapping({**content, "overrides": exceptions})
    # All was checked when it was stored; bounds have become narrower since, or two changes have crossed.
    # What is still possible is used: not judging would be silence.
    _log.error("a stored policy is not possible any more: parts are left out", extra={"policy": version})
    possible = content if _is_possible(content) else {}
    fitting = [exception for exception in exceptions if _is_possible({**possible, "overrides": [exception]})]
    return Policy.from_mapping({**possible, "overrides": fitting})


def _is_possible(content: Mapping[str, Any]) -> bool:
    try:
        Policy.from_mapping(content)
    except InvalidPolicy:
        return False
    return True
