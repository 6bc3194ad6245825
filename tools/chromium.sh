#!/bin/sh
# Says where Chromium is, for the browser tests and the PDF; where there is none and we may, installs Debian's or Ubuntu's.
set -eu

found() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo --non-interactive "$@"; fi
}

found && exit
if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    echo "No Chromium here: installing the package chromium ..." >&2
    export DEBIAN_FRONTEND=noninteractive
    {
        as_root apt-get update --quiet=2 &&
            as_root apt-get install --yes --quiet=2 --no-install-recommends chromium fonts-liberation
    } >/dev/null 2>&1 </dev/null || true
fi
found && exit
echo "Chromium is needed for the browser tests and the PDF: install Chromium or Google Chrome (on Debian: apt-get install chromium)" >&2
exit 1
