"""Annotations → points: narrative time series with bands, availability and flags."""
