"""Published claims, declared as data, run by engines, and judged by rules that stood before the runs."""
