"""Use cases: what happens because of a request or the clock. They get `now` and `actor` and know no HTTP."""
