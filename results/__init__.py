"""Recorded runs, installed as `learning_rates.results`: a table (.csv) and how it was made (.json) for each."""
