#!/bin/sh
# The schedules against other libraries, then the Keras side on JAX, on PyTorch, and on the oldest Keras with its TensorFlow.
# `make test-backends` calls it once both environments are there.
set -eu

# What must hold on every backend: the tests, and the modules' own examples.
keras_side="tests/test_keras_schedules.py tests/test_optimizers.py tests/range_test
    src/learning_rates/keras_schedules.py src/learning_rates/optimizers.py src/learning_rates/range_test"

step() {
    printf '\n== %s\n' "$1"
}

# The list is words. A process for each backend: Keras takes one when it is imported, and keeps it.
on() {
    step "Keras side: $1 in $2"
    # shellcheck disable=SC2086
    KERAS_BACKEND=$1 "$2/bin/python" -m pytest -n 2 $keras_side
}

step "Oracles: PyTorch, Optax, Keras"
.venv-backends/bin/python -m pytest -n 2 tests/oracles/test_oracles.py

on jax .venv-backends
on torch .venv-backends
on tensorflow .venv-oldest
