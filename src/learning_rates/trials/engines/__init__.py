"""What trains a network of a trial, each in a way of its own."""
