"""Settings that all tests share."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "agg")

from hypothesis import settings

# A busy machine is no bug: examples have no deadline, and the same ones are drawn each time.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")
