#!/usr/bin/env bash
# The search tests with whoosh3 in Whoosh's place, in an environment of its own (.venv-whoosh3): the way out should a
# future Python break Whoosh 2.7.4. A second call installs nothing.
set -eu
cd "$(dirname "$0")/.."
version=3.54.0
if [[ ! -e .venv-whoosh3/ready-$version ]]; then
    rm -rf .venv-whoosh3
    python3 -m venv .venv-whoosh3
    .venv/bin/python -m pip freeze --exclude-editable | grep -v -i -E '^(whoosh==|smart-meeting)' \
        >.venv-whoosh3/requirements
    .venv-whoosh3/bin/pip -q install --no-deps -r .venv-whoosh3/requirements "whoosh3==$version"
    touch ".venv-whoosh3/ready-$version"
fi
PYTHONPATH=. .venv-whoosh3/bin/python -m pytest -q -p no:cacheprovider tests/unit/search tests/integration/test_search_*.py
