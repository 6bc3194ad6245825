"""What was claimed, and what is run to judge it: data, written before the first result of each."""
