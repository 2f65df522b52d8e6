"""What a program costs, measured on real processes."""

import subprocess
import sys
import time

from ui.bench.asr.meter import Meter

WORK = "import time; end = time.process_time() + {seconds}\nwhile time.process_time() < end: pass"


def run(code: str) -> Meter:
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    try:
        with Meter(child.pid) as meter:
            child.wait(60)
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
    return meter


def test_work_of_a_child_that_ended_counts():
    inner = WORK.format(seconds=1.0)
    code = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {inner!r}]); time.sleep(0.6)"
    assert 0.6 < run(code).cpu_s < 2.5


def test_an_idle_program_costs_nothing_and_its_memory_is_seen():
    meter = run("import time; held = bytes(range(256)) * 400_000; time.sleep(2)")
    assert meter.cpu_s < 0.9
    assert 100e6 < meter.peak_bytes < 300e6


def test_what_was_spent_before_is_not_counted():
    code = WORK.format(seconds=1.0) + "\nprint('go', flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout and child.stdin
    child.stdout.readline()
    with Meter(child.pid) as meter:
        time.sleep(0.6)
    child.communicate(b"\n", timeout=120)
    assert meter.cpu_s < 0.5


def test_a_process_that_is_gone_ends_quietly():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    meter = Meter(child.pid)
    child.communicate(b"\n", timeout=120)
    with meter:
        pass
    assert meter.cpu_s == 0
