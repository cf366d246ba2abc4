#!/bin/bash
# Prepares FOLDER (a virtual environment) to run and test CartoonAlive: tools/setup.sh FOLDER
# Needs python3 (3.11 or newer) with pip; everything else is fetched. PIP_* variables and pip.conf are respected.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:?usage: tools/setup.sh FOLDER}
python=${PYTHON3:-python3}

say() { echo "cartoonalive: $*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Python 3.11 or newer is needed, found $("$python" --version). Name another one: make PYTHON3=python3.12"
    exit 1
}

# Shared libraries that wheels don't bring along, and the Debian package of each.
libraries=(libGL.so.1:libgl1 libEGL.so.1:libegl1 libgthread-2.0.so.0:libglib2.0-0 libxcb.so.1:libxcb1
    libportaudio.so.2:libportaudio2)
if [ "$(uname)" = Linux ]; then
    missing=()
    known=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
    for pair in "${libraries[@]}"; do
        case $known in *"${pair%%:*}"*) ;; *) missing+=("${pair##*:}") ;; esac
    done
    compgen -G '/usr/lib*/dri/*_dri.so' >/dev/null || compgen -G '/usr/lib/*/dri/*_dri.so' >/dev/null ||
        missing+=(libgl1-mesa-dri)
    if [ ${#missing[@]} -gt 0 ]; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            say "installing ${missing[*]}"
            export DEBIAN_FRONTEND=noninteractive
            apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
                say "that failed; pictures or sound may not work without them"
        elif command -v apt-get >/dev/null; then
            say "system libraries are missing. Please run:"
            say "    sudo apt-get install ${missing[*]}"
        else
            say "system libraries are missing; the Debian names of their packages are: ${missing[*]}"
        fi
    fi
fi

# Debian splits venv off python3; without it, pip itself can furnish the bare environment.
"$python" -m venv "$venv" >/dev/null 2>&1 || {
    "$python" -m venv --clear --without-pip "$venv"
    "$python" -m pip --python "$venv/bin/python" install --quiet pip
}
"$venv/bin/python" -m pip install --quiet --upgrade 'pip>=25.1'
say "installing the Python packages (about 600 MB, once)"
"$venv/bin/python" -m pip install --quiet --editable . --group dev
