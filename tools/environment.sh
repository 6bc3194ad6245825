#!/bin/sh
# Makes a virtual environment with PYTHON unless it is there, then installs a requirements file and this package into it.
# Usage: tools/environment.sh DIRECTORY PYTHON REQUIREMENTS
set -eu
directory=$1
python=$2
requirements=$3

fail() {
    echo "$1" >&2
    exit 1
}

if [ ! -x "$directory/bin/python" ]; then
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "Python 3.11 or newer is needed, and '$python' is $("$python" --version 2>/dev/null || echo missing): install one and name it, as in: make book PYTHON=python3.12"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "'$python' cannot make virtual environments: install its venv module (on Debian and Ubuntu: apt-get install python3-venv)"
    "$python" -m venv "$directory"
fi

echo "Installing $requirements into $directory (the first time takes a minute or two) ..."
export PIP_DISABLE_PIP_VERSION_CHECK=1
"$directory/bin/python" -m pip install --quiet --quiet --requirement "$requirements"
"$directory/bin/python" -m pip install --quiet --quiet --no-deps --editable .
