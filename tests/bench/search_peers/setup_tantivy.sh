#!/usr/bin/env bash
# tantivy (the Rust library, by its Python package) in an environment of its own under PEERS_HOME (default
# ~/.cache/peers; 60 MB). Prints its interpreter. A second call does nothing.
set -eu
version=0.27.0
folder=${PEERS_HOME:-$HOME/.cache/peers}/tantivy
mkdir -p "$folder" && cd "$folder"
if [[ ! -e ready-$version ]]; then
    [[ -x venv/bin/python ]] || python3 -m venv venv
    venv/bin/pip -q install "tantivy==$version"
    venv/bin/python -c "import tantivy"
    touch "ready-$version"
fi
echo "$PWD/venv/bin/python"
