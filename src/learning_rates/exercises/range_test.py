"""The exercises of a chapter to come."""

EXERCISES = {}
