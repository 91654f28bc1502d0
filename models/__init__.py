"""Documents, and the functions that query or change them.

A document never leaves this package: callers get frozen dataclasses and plain values. Nothing here knows
of HTTP, and nothing outside this package talks to the driver. One module per collection; `connection`
owns the client and `base` what all documents share.
"""
