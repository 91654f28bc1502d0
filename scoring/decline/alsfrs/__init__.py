"""ALSFRS-R reports as the rules compare them: points, the series of a year, trend, pace and stages."""
