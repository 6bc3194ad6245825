"""What the modules' own examples need, for pytest."""

import importlib.util

# `interop` shows PyTorch and JAX at work: `make test-backends` has both.
collect_ignore = [] if importlib.util.find_spec("torch") else ["learning_rates/interop.py"]
