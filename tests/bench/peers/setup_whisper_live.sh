#!/usr/bin/env bash
# WhisperLive from PyPI on the CPU, in an environment of its own under PEERS_HOME (default ~/.cache/peers; 1.6 GB with
# torch). Prints its interpreter. A second call does nothing.
set -eu
version=0.10.0
folder=${PEERS_HOME:-$HOME/.cache/peers}/whisper-live
mkdir -p "$folder" && cd "$folder"
if [[ ! -e ready-$version ]]; then
    [[ -x venv/bin/python ]] || python3 -m venv venv
    venv/bin/pip -q install torch==2.13.0 faster-whisper==1.2.1 websockets websocket-client scipy librosa soundfile \
        numba psutil fastapi uvicorn python-multipart kaldialign prometheus_client
    venv/bin/pip -q install --no-deps "whisper-live==$version"
    # It fetches its voice detection when it starts; the same file comes in a package.
    venv/bin/pip -q download --no-deps -d dl silero-vad==5.1.2
    venv/bin/python -m zipfile -e dl/silero_vad-5.1.2-*.whl x
    mkdir -p ~/.cache/whisper-live
    cp x/silero_vad/data/silero_vad.onnx ~/.cache/whisper-live/
    rm -rf x dl
    venv/bin/python -c "from whisper_live.server import TranscriptionServer"
    touch "ready-$version"
fi
echo "$PWD/venv/bin/python"
