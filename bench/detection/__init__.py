"""Operating characteristics of the decline rules on simulated patients; `make detection` runs it.

`patients` and `richer` simulate, `companions` adds caregivers and weights, `tracks` runs the real rules,
`rivals` computes the bound and the plain broken stick, `measures` and `calibration` count, `gains` compares
with and without other information, `study` puts it together, `page` and `plots` write docs/detection.
"""
