#!/bin/sh
# Sees to it that the browser tests find Chromium: the system's, else Debian's or Ubuntu's package where we may install it.
set -eu

found() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo --non-interactive "$@"; fi
}

found >/dev/null && exit
if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    echo "No Chromium here: installing the package chromium ..."
    export DEBIAN_FRONTEND=noninteractive
    {
        as_root apt-get update --quiet=2 &&
            as_root apt-get install --yes --quiet=2 --no-install-recommends chromium fonts-liberation
    } >/dev/null 2>&1 </dev/null || true
fi
found >/dev/null && exit
echo "Chromium is needed for the browser tests: install Chromium or Google Chrome (on Debian: apt-get install chromium)" >&2
exit 1
