#!/usr/bin/env bash
# Renews requirements.lock, requirements-dev.lock and LICENSES.md from pyproject.toml: newest versions, wheels only.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=.venv/bin/python
[ -x "$python" ] || python=python3

"$python" -m venv "$work/tools"
"$work/tools/bin/python" -m pip install --quiet --disable-pip-version-check uv
uv="$work/tools/bin/uv"
compile() {
    env -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_FIND_LINKS -u UV_EXTRA_INDEX_URL \
        "$uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-build \
        --custom-compile-command "make lock" pyproject.toml "$@"
}
compile --group setup --output-file "$work/requirements.lock" >/dev/null
compile --group setup --group dev --constraints "$work/requirements.lock" \
    --no-annotate --output-file "$work/requirements-dev.lock" >/dev/null

"$uv" venv --quiet --python "$python" "$work/runtime"
"$uv" pip install --quiet --no-config --python "$work/runtime/bin/python" --no-build -r "$work/requirements.lock"
"$uv" pip install --quiet --no-config --python "$work/tools/bin/python" pip-licenses
"$work/tools/bin/pip-licenses" --python="$work/runtime/bin/python" --format=json --with-urls --with-system \
    >"$work/licenses.json"
"$python" scripts/licenses.py "$work/requirements.lock" "$work/licenses.json" >"$work/LICENSES.md"
mv "$work/requirements.lock" "$work/requirements-dev.lock" "$work/LICENSES.md" .
