"""Use cases: what a person, a phone, a command or the worker can have done.

No door and no HTTP: `now` and `actor` come in, plain data goes out.
"""
