#!/bin/sh
# Every test, the cheap ones first. `make test` calls it once the environment, the site, the PDF and the EPUB are there.
set -eu

step() {
    printf '\n== %s\n' "$1"
}

step "Chromium"
tools/chromium.sh

step "Style: Python and notebooks, shell, workflows"
ruff check .
ruff format --check --exclude '*.ipynb' .
shellcheck tools/*.sh .ci/run
actionlint

step "Package and scripts, with their properties and doctests"
pytest -n 2 --ignore tests/site \
    --ignore tests/test_colab.py --ignore tests/oracles/test_oracles.py --ignore tests/experiments/test_recording.py

step "Runs side by side, on JAX"
KERAS_BACKEND=jax pytest -n 2 tests/trials/engines tests/experiments/test_recording.py

step "Notebooks: run again, compared with what is stored"
pytest --nbval --nbval-current-env --nbval-cell-timeout 300 --nbval-sanitize-with tests/nbval-sanitize.cfg \
    -n 2 --dist loadfile notebooks

step "Site, PDF and EPUB, browser"
pytest -n 2 tests/site

step "Colab: the unpinned packages without ours, and nothing but the notebook"
pytest tests/test_colab.py
