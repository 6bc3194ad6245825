#!/bin/sh
# The steps of `make test`, the cheap ones first, once the environment, the site, the PDF and the EPUB are there. `make check`
# names the quick ones. Usage: tools/test.sh [STEP...]
set -eu

# The one place that says which tests need more than the package's environment; pyproject.toml describes the marks.
plain="not (backends or browser or colab or jax or site)"

heading() {
    printf '\n== %s\n' "$1"
}

# Blocks of neighbours stay together, so that what a file prepares is made once; a worker that has run out takes some over.
run_pytest() {
    pytest -n 2 --dist worksteal --durations 20 --durations-min 1 "$@"
}

style() {
    heading "Style: Python and notebooks, shell, workflows"
    ruff check .
    ruff format --check --exclude '*.ipynb' .
    shellcheck tools/*.sh .ci/run
    actionlint
}

types() {
    heading "Types of the package"
    mypy
}

imports() {
    heading "Imports: which part of the package may know which"
    lint-imports
}

unit() {
    heading "Package and tools: what takes milliseconds"
    run_pytest -m "$plain and not slow"
}

package() {
    heading "Package, experiments and tools, with their properties and doctests"
    run_pytest -m "$plain"
}

jax() {
    heading "Runs side by side, on JAX"
    (
        export KERAS_BACKEND=jax
        run_pytest -m jax tests
    )
}

notebooks() {
    heading "Notebooks: run again, compared with what is stored"
    pytest -n 2 --dist loadfile --durations 20 --durations-min 1 --nbval --nbval-current-env --nbval-cell-timeout 300 \
        --nbval-sanitize-with tests/nbval-sanitize.cfg notebooks
}

# One core is enough for the notebook in Colab's place, so that it starts first and the site's tests run beside it.
site_and_colab() {
    heading "Site, PDF and EPUB, browser; Colab: the unpinned packages without ours, and nothing but the notebook"
    tools/chromium.sh
    run_pytest -m "browser or colab or site" tests/test_colab.py tests/site
}

# The weekly workflow's: every notebook.
colab() {
    heading "Colab: the unpinned packages without ours, and nothing but the notebook"
    run_pytest -m colab tests
}

[ $# -gt 0 ] || set -- style types imports package jax notebooks site_and_colab
for step in "$@"; do
    "$step"
done
