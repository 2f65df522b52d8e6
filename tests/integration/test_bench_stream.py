"""`meeting bench stream` in its shortest form: every live client has everything, whoever stalls or comes and goes."""

import json
import os
import resource
import subprocess
import sys

from msgspec.structs import replace

from ui.bench.stream.clients import KEPT, Got
from ui.bench.stream.figures import figures


def test_every_live_client_gets_every_event_once() -> None:
    command = [
        sys.executable,
        "-m",
        "ui.cli",
        "bench",
        "stream",
        "--clients",
        "40",
        "--seconds",
        "3",
        "--steps",
        "",
    ]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (line,) = json.loads(done.stdout)["lines"]
    assert (line["clients"], line["live"], line["whole"], line["stalled"]) == (40, 38, 38, 2)
    assert line["finals"] > 0 and line["partials"] > 0 and line["reconnects"] > 0
    assert sum(line["stalled_closed"].values()) == 2 and set(line["stalled_closed"]) <= {"0", "1006", "1013"}


def test_more_clients_than_files_are_refused_before_anything_is_measured() -> None:
    command = [sys.executable, "-m", "ui.cli", "bench", "stream", "--clients", "900", "--steps", ""]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"MEETING_LANG": "en"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256)),
    )
    assert done.returncode == 2 and "may have 256" in done.stderr and "Traceback" not in done.stderr


def test_whoever_stalls_and_is_kept_spoils_the_measurement() -> None:
    got = Got(whole=2, broken=0, stalled_closed=(1013, 1006, 0), reconnects=0, partials=1, waits_ms=(1.0, 2.0))
    line = figures(5, 3.0, [got], 0.1, 1_000, 0.0)
    assert line.met and line.exact
    line = figures(5, 3.0, [got, replace(got, stalled_closed=(KEPT,))], 0.1, 1_000, 0.0)
    assert not line.met and not line.exact
