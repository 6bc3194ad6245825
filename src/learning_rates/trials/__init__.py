"""Recorded runs: what they say, and how sure they are."""
