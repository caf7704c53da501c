#!/bin/sh
# Makes .venv from the hash-pinned lock, once. A second run compares one stamp and leaves.
#
# A Python is taken by running it: a version manager's shim may exist and still not run.
set -eu
cd "$(dirname "$0")/.."

stamp=.venv/probity.stamp
wanted=$(cat requirements/prod.txt requirements/dev.txt | cksum)
fits='import sys, venv, ensurepip; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

runs() {
    "$1" -c "$fits" >/dev/null 2>&1
}

if runs .venv/bin/python; then
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        exit 0
    fi
else
    set -- python3.13 python3.12 python3.11 python3 python
    if [ -n "${PROBITY_PYTHON:-}" ]; then
        set -- "$PROBITY_PYTHON"
    fi
    python=
    for candidate do
        if runs "$candidate"; then
            python=$candidate
            break
        fi
    done
    if [ -z "$python" ]; then
        cat >&2 <<'END'
No Python 3.11, 3.12 or 3.13 runs here (with venv and ensurepip). Get one, for example:
    Debian, Ubuntu   apt-get install python3 python3-venv
    Fedora           dnf install python3.12
    macOS            brew install python@3.13
    any system       uv python install 3.13, or pyenv install 3.13
or name one: make setup PROBITY_PYTHON=/path/to/python3
END
        exit 1
    fi
    echo "Making .venv with $("$python" --version) …"
    "$python" -m venv --clear .venv
fi

printf 'Installing the hash-pinned lock (about half a minute) '
rm -f "$stamp"
( while sleep 2; do printf .; done ) &
ticker=$!
trap 'kill "$ticker" 2>/dev/null || :' EXIT
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --require-hashes -r requirements/prod.txt -r requirements/dev.txt
echo "$wanted" > "$stamp"
echo " done."
