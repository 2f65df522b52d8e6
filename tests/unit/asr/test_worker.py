"""What the recognizer's process says and how it ends, without a model."""

import subprocess
import sys
from pathlib import Path

import msgspec

from asr.journal import JournalWriter
from asr.orders import Start
from asr.results import Failed, Result


def run(given: bytes) -> tuple[int, list[Result], str]:
    done = subprocess.run([sys.executable, "-m", "asr.worker"], input=given, capture_output=True, timeout=120)
    results = [msgspec.json.decode(line, type=Result) for line in done.stdout.splitlines()]
    return done.returncode, results, done.stderr.decode()


def test_it_ends_quietly_when_nobody_gives_an_order() -> None:
    assert run(b"") == (0, [], "")


def test_an_order_that_is_none_is_a_failure_that_says_so() -> None:
    status, results, _ = run(b'{"type":"start"}\n')
    assert status == 3
    assert [type(result) for result in results] == [Failed]


def test_a_model_that_is_not_there_is_a_failure_with_its_code(tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "journal"):
        pass
    order = Start(journal=str(tmp_path / "journal"), from_sample=0, model_path=str(tmp_path / "模型"))
    process = subprocess.Popen(
        [sys.executable, "-m", "asr.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(msgspec.json.encode(order) + b"\n")
    process.stdin.flush()
    results = [msgspec.json.decode(line, type=Result) for line in process.stdout]
    failed = results[-1]
    assert isinstance(failed, Failed)
    assert (failed.code, failed.exit_code) == ("model_unusable", 3)
    assert failed.template.format(**failed.facts) == failed.message
    assert process.wait(60) == 3
    process.stdin.close()
    process.stdout.close()
