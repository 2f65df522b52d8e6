"""`meeting bench stream` in its shortest form: every live client has everything, whoever stalls or comes and goes."""

import json
import subprocess
import sys


def test_every_live_client_gets_every_event_once() -> None:
    command = [sys.executable, "-m", "ui.cli", "bench", "stream", "--clients", "40", "--seconds", "3", "--steps", ""]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (line,) = json.loads(done.stdout)["lines"]
    assert (line["clients"], line["live"], line["whole"], line["stalled"]) == (40, 38, 38, 2)
    assert line["finals"] > 0 and line["partials"] > 0 and line["reconnects"] > 0
