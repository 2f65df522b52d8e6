#!/usr/bin/env bash
# Makes .venv with the locked packages, installs the project in place, PortAudio and the speech model.
# Usage: scripts/setup.sh [test]. Asks nothing; does nothing when up to date; may be killed and called again.
set -eu
cd "$(dirname "$0")/.."
. scripts/words.sh
kind=${1:-run}
lock=requirements.lock
[ "$kind" = test ] && lock=requirements-dev.lock

# A stamp names everything that it depends on; the folder too, because a moved .venv does not work.
stamp_for() { { pwd; cat "$1" pyproject.toml scripts/setup.sh scripts/system-packages.sh; } | sha256sum | cut -c1-16; }

find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    words "安装：需要 Python 3.11 或更高版本，没有找到。请执行：sudo apt-get install python3 python3-venv" \
        "setup: Python 3.11 or newer is needed and was not found. Give: sudo apt-get install python3 python3-venv" >&2
    return 3
}

make_venv() {
    if [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1; then
        return
    fi
    python=$(find_python) || exit $?
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        scripts/system-packages.sh venv "$version-venv" || exit 3
    fi
    version=$("$python" --version)
    words "安装：用 $version 建立 .venv" "setup: .venv with $version"
    "$python" -m venv --clear .venv
}

install_packages() {
    rm -f .venv/.setup-*
    make_venv
    count=$(grep -c '^[a-z0-9].*==' "$lock")
    words "安装：$count 个锁定版本的软件包" "setup: $count locked packages"
    pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 .venv/bin/python -m pip"
    # The lock is whole: nothing is looked for beyond it, so a package that is released tomorrow changes nothing.
    $pip install -qq --no-deps --require-hashes --only-binary :all: -r "$lock"
    $pip install -qq --no-deps --no-build-isolation --no-index -e .
}

stamp=.venv/.setup-$kind-$(stamp_for "$lock")
# The packages of the tests contain those of the program.
if [ "$kind" = run ] && [ -e ".venv/.setup-test-$(stamp_for requirements-dev.lock)" ]; then
    stamp=.venv/.setup-test-$(stamp_for requirements-dev.lock)
fi
if [ ! -e "$stamp" ] || [ ! -x .venv/bin/python ]; then
    # Two set-ups at once: the second waits and finds the work done.
    exec 9<scripts/setup.sh
    flock 9
    if [ ! -e "$stamp" ] || [ ! -x .venv/bin/python ]; then
        install_packages
        scripts/system-packages.sh "$kind"
        : >"$stamp"
    fi
    flock -u 9
    exec 9>&-
fi
.venv/bin/python -m ui.cli models fetch whisper-base >/dev/null
