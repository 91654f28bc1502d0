"""JSON Pointers: made of names, and read back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scoring.problems import Problem, pointer_to


def test_the_examples_of_rfc_6901() -> None:
    assert pointer_to() == ""
    assert pointer_to("foo", 0) == "/foo/0"
    assert pointer_to("") == "/"
    assert pointer_to("a/b") == "/a~1b"
    assert pointer_to("m~n") == "/m~0n"


@given(st.lists(st.text()))
def test_the_path_is_what_the_pointer_was_made_of(names: list[str]) -> None:
    assert Problem(pointer_to(*names), "code", "detail").path == tuple(names)
