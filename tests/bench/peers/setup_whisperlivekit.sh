#!/usr/bin/env bash
# WhisperLiveKit from PyPI on the CPU, in an environment of its own under PEERS_HOME (default ~/.cache/peers; 1.6 GB
# with torch). Prints its interpreter. A second call does nothing.
set -eu
version=0.2.26
folder=${PEERS_HOME:-$HOME/.cache/peers}/whisperlivekit
mkdir -p "$folder" && cd "$folder"
if [[ ! -e ready-$version ]]; then
    [[ -x venv/bin/python ]] || python3 -m venv venv
    venv/bin/pip -q install torch==2.13.0 faster-whisper==1.2.1 "fastapi>=0.141.1" librosa soundfile uvicorn \
        websockets huggingface-hub tqdm tiktoken "python-multipart>=0.0.31" "starlette>=1.3.1" onnxruntime
    # Its torchaudio is not needed for this backend and would pull another torch.
    venv/bin/pip -q install --no-deps "whisperlivekit==$version"
    venv/bin/python -c "from whisperlivekit import TranscriptionEngine"
    touch "ready-$version"
fi
echo "$PWD/venv/bin/python"
