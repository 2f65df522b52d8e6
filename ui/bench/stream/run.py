"""Puts one service and its clients together, in processes of their own, for one number of clients after another."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import psutil

from meeting.home import Home, ServiceAddress
from ui.bench.asr.meter import Meter
from ui.bench.errors import SystemFailed
from ui.bench.machine import Machine, Others, look
from ui.bench.stream.clients import Crowd, Got
from ui.bench.stream.figures import Figures, figures, slope
from ui.bench.stream.limits import check_files
from ui.bench.stream.source import Talk
from ui.locale import _

PROCESSES = 2
SYSTEM = "stream"
Tell = Callable[[str], None]
Child = subprocess.Popen[str]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured: `clients` for `seconds`, then each number of `steps` for `step_seconds`."""

    clients: int = 500
    seconds: float = 60.0
    segments: float = 5.0
    partials: float = 4.0
    stalled: float = 0.05
    restless: float = 0.10
    steps: tuple[int, ...] = (50, 200, 1000)
    step_seconds: float = 20.0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of one run; `cpu_slope`: the cores, `bytes_slope`: the memory that one more client costs."""

    machine: Machine
    lines: tuple[Figures, ...]
    cpu_slope: float | None
    bytes_slope: float | None


def run(order: Order, tell: Tell) -> Report:
    """Measures each number of clients. Raises FilesLimited, SystemFailed."""
    check_files(max(order.clients, *order.steps, 0))
    lines = [_one(order, order.clients, order.seconds, tell)]
    lines += [_one(order, clients, order.step_seconds, tell) for clients in order.steps]
    return Report(
        machine=look(),
        lines=tuple(lines),
        cpu_slope=slope(lines, lambda line: line.cores),
        bytes_slope=slope(lines, lambda line: line.held_bytes),
    )


def _one(order: Order, clients: int, seconds: float, tell: Tell) -> Figures:
    tell(_("{clients} clients · {seconds} s").format(clients=clients, seconds=f"{seconds:g}"))
    with TemporaryDirectory(prefix="meeting-bench-") as folder:
        talk = Talk(home=folder, seconds=seconds, segments=order.segments, partials=order.partials)
        source = _start("ui.bench.stream.source", talk)
        crowds: list[Child] = []
        try:
            _hear(source)
            empty = psutil.Process(source.pid).memory_info().rss
            address = Home(Path(folder)).address()
            crowds += [
                _start("ui.bench.stream.clients", crowd) for crowd in _crowds(order, clients, seconds, address)
            ]
            for crowd in crowds:
                _hear(crowd)
            others = Others()
            with Meter(source.pid) as meter, _meters(crowds) as theirs:
                for child in (*crowds, source):
                    _say(child)
                got = [msgspec.json.decode(_hear(crowd), type=Got) for crowd in crowds]
            held = meter.peak_bytes - empty
            outside = others.cores(meter.cpu_s + theirs.cpu_s)
            _say(source)
            source.wait(30)
        finally:
            for child in (*crowds, source):
                child.kill()
                child.wait()
    return figures(clients, seconds, got, meter.cpu_s, held, outside)


class _meters:
    """The processor time of the clients' processes, so that it is not taken for that of strangers."""

    def __init__(self, crowds: Sequence[Child]) -> None:
        self._meters = [Meter(crowd.pid) for crowd in crowds]

    def __enter__(self) -> "_meters":
        for meter in self._meters:
            meter.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        for meter in self._meters:
            meter.__exit__(None, None, None)

    @property
    def cpu_s(self) -> float:
        return sum(meter.cpu_s for meter in self._meters)


def _crowds(order: Order, clients: int, seconds: float, address: ServiceAddress) -> list[Crowd]:
    stalled, restless = round(clients * order.stalled), round(clients * order.restless)
    return [
        Crowd(
            port=int(address.ws_url.split(":")[2].split("/")[0]),
            token=address.token,
            epoch=address.epoch,
            meeting=address.meeting or "",
            clients=_share(clients, number),
            stalled=_share(stalled, number),
            restless=_share(restless, number),
            seconds=seconds,
            seed=number,
        )
        for number in range(PROCESSES)
    ]


def _share(whole: int, number: int) -> int:
    return whole // PROCESSES + (number < whole % PROCESSES)


def _start(module: str, what: Talk | Crowd) -> Child:
    command = [sys.executable, "-m", module, msgspec.json.encode(what).decode()]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def _say(child: Child) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def _hear(child: Child) -> str:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        raise SystemFailed(system=SYSTEM, why=f"a process ended with {child.wait()}")
    return line
