"""Synthetic people and what they report, for trying Slope out; nothing in it comes from a real person.

`course` makes answers from a course of the disease, `people` is who there is, `seeding` sends their reports
through the real intake, `decline` plays one patient against a running service over HTTP.
"""
