"""`Real`, to ask `isinstance` for: it takes a tuple."""

Real = (int, float)
