#!/bin/sh
# The schedules against other libraries, then the Keras side on JAX, on PyTorch, and on the oldest Keras with its TensorFlow.
# `make test-backends` calls it once both environments are there.
set -eu

# What must hold on every backend: the tests, and the modules' own examples. These environments lack what the book needs, so
# that the files are named: to look for a mark, pytest would have to import all of them.
keras_side="tests/test_keras_schedules.py tests/test_optimizers.py tests/test_scheduling.py tests/test_layer_rates.py
    tests/test_averages.py tests/test_callbacks.py tests/test_transformer.py tests/range_test src/learning_rates/keras_schedules.py
    src/learning_rates/optimizers.py src/learning_rates/scheduling.py src/learning_rates/averages.py
    src/learning_rates/callbacks.py src/learning_rates/range_test"

# A process for each backend: Keras takes one when it is imported, and keeps it.
run_pytest() {
    printf '\n== %s: %s in %s\n' "$1" "$2" "$3"
    backend=$2
    environment=$3
    shift 3
    KERAS_BACKEND=$backend "$environment/bin/python" -m pytest -n 2 --dist worksteal --durations 20 --durations-min 1 "$@"
}

run_pytest "Oracles of PyTorch, Optax and Keras" jax .venv-backends -m backends tests/oracles tests/test_interop.py tests/explorers/test_take_home.py
run_pytest "Recipes for PyTorch and Optax" jax .venv-backends -m backends tests/test_recipes.py
run_pytest "Interop's own examples" jax .venv-backends src/learning_rates/interop.py
# The list is words.
# shellcheck disable=SC2086
{
    run_pytest "Keras side" jax .venv-backends $keras_side
    run_pytest "Keras side" torch .venv-backends $keras_side
    run_pytest "Keras side" tensorflow .venv-oldest $keras_side
}
