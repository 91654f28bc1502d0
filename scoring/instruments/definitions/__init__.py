"""The shipped instruments, one module each, named as the instrument's key; `VERSIONS` lists it oldest first.

Every file has the same order: identity, sources, licence, direction, items, scores, missing rule, bands,
meaningful change. To add an instrument, copy the nearest one and its tests; `catalogue` finds it.
"""
