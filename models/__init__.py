"""Documents, and the functions that query or change them.

A document never leaves this package: callers get frozen dataclasses and plain values. Nothing here knows
of HTTP, and nothing outside this package talks to the driver. One folder per noun; `store.connection` owns
the client, and `store.base` has what all documents share.
"""
