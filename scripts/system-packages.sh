#!/usr/bin/env bash
# Installs what Python packages cannot bring: PortAudio; for tests a sound server, a terminal, PostgreSQL and a browser.
# Usage: scripts/system-packages.sh run|test, or venv PACKAGE. Where it may not install, it prints the one command.
set -eu
. "$(dirname "$0")/words.sh"
kind=${1:-run}
missing=""
wished=""

need() { missing="$missing $1"; }

if [ "$kind" = venv ]; then
    need "$2"
else
    .venv/bin/python -c 'import ctypes; ctypes.CDLL("libportaudio.so.2")' 2>/dev/null || need libportaudio2
fi
if [ "$kind" = test ]; then
    command -v pulseaudio >/dev/null || need pulseaudio
    command -v paplay >/dev/null || need pulseaudio-utils
    command -v tmux >/dev/null || need tmux
    command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need postgresql
    find /usr/lib -name 'libasound_module_pcm_pulse.so' 2>/dev/null | grep -q . || need libasound2-plugins
    # Not every system has it under this name; without a browser one test is skipped.
    browsers="chromium chromium-browser google-chrome google-chrome-stable"
    for name in $browsers; do ! command -v "$name" >/dev/null || browsers=""; done
    [ -z "$browsers" ] || wished=" chromium"
fi
[ -n "$missing$wished" ] || exit 0

order="apt-get install --yes$missing"
advice() {
    [ -n "$missing" ] || exit 0
    words "安装：缺少$missing。请执行：sudo $order" "setup: missing:$missing. Give: sudo $order" >&2
    # Without PortAudio only the microphone is missing; without a sound server the tests say so themselves.
    [ "$kind" != venv ] || exit 3
    exit 0
}

command -v apt-get >/dev/null || advice
rights=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || advice
    rights="sudo -n"
fi
words "安装：用 apt-get 安装$missing$wished" "setup:$missing$wished by apt-get"
install() {
    $rights env DEBIAN_FRONTEND=noninteractive apt-get install --yes$1 --no-install-recommends -q </dev/null >/dev/null 2>&1
}
get() { install "$1" || { $rights apt-get update -q </dev/null >/dev/null 2>&1 && install "$1"; }; }
[ -z "$missing" ] || get "$missing" || advice
[ -z "$wished" ] || get "$wished" || true
