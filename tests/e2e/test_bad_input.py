"""What goes wrong for a secretary: one line that says what to do, the right exit code, and nothing half-written."""

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.conftest import DEMO, ROOT, Answer, Cli

SOUND = DEMO / "meeting.flac"
UNKNOWN_KEY = ROOT / "tests" / "data" / "agendas" / "unknown_key.yaml"
# Where ALSA answers, but has one device alone that hears nothing real.
ONE_DEVICE = "pcm.!default { type null }\n"


def refused(answer: Answer, code: int, *words: str) -> str:
    """One line on stderr with these words, nothing on stdout, and this exit code."""
    assert answer.returncode == code, answer
    assert answer.stdout == ""
    line = answer.stderr.strip()
    assert line and "\n" not in line and "Traceback" not in line, line
    for word in words:
        assert word in line, line
    return line


@pytest.fixture
def meeting(cli: Cli) -> str:
    """A stored meeting that waits to be held."""
    return cli.json("new", DEMO / "agenda.yaml")["id"]


@pytest.fixture
def no_sound(cli: Cli) -> None:
    """Commands see no sound server; what hardware there is would still be heard."""
    if list(Path("/dev/snd").glob("pcm*c")):
        pytest.skip("this machine has a microphone")
    cli.environment["PULSE_SERVER"] = "unix:/nonexistent"


def never_begun(cli: Cli, meeting: str) -> bool:
    """Whether the meeting waits, without event, sound or a process that belongs to it."""
    shown = cli.json("show", meeting)
    until = time.monotonic() + 60
    # What was just ended may take a moment to be gone.
    while ours(cli) and time.monotonic() < until:
        time.sleep(0.05)
    return (
        shown["state"] == "scheduled"
        and shown["segments"] == []
        and not list(cli.journal(meeting).glob("*.pcm"))
        and not ours(cli)
    )


def ours(cli: Cli) -> list[psutil.Process]:
    """The processes that speak of this home."""
    found = psutil.process_iter(["cmdline"])
    return [one for one in found if str(cli.home) in " ".join(one.info["cmdline"] or ())]


@pytest.mark.model
@pytest.mark.usefixtures("model_path", "no_sound")
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_without_a_microphone_the_meeting_is_as_if_never_begun_and_can_be_held_later(cli, meeting, form):
    refused(cli("run", meeting, "--no-console", *form), 3, "No microphone", "nothing is being recorded", "devices")
    assert never_begun(cli, meeting)
    second = cli("run", meeting, "--no-console", "--source", SOUND, "--pace", "fast", timeout=200)
    assert second.returncode == 0, second.stderr
    assert cli.json("list")["meetings"][0]["state"] == "closed"


@pytest.mark.model
@pytest.mark.usefixtures("model_path")
def test_a_device_that_is_gone_is_named_with_those_that_are_there(cli, meeting, tmp_path):
    (tmp_path / "asound.conf").write_text(ONE_DEVICE)
    answer = cli(
        *("run", meeting, "--no-console", "--json", "--device", "会议室的麦克风"),
        ALSA_CONFIG_PATH=str(tmp_path / "asound.conf"),
        PULSE_SERVER="unix:/nonexistent",
    )
    refused(answer, 3, "会议室的麦克风", "--device: default")
    assert never_begun(cli, meeting)


@pytest.mark.usefixtures("no_sound")
def test_doctor_says_what_is_missing_and_devices_lists_none(cli):
    assert cli("devices").returncode == 3
    assert cli.json("devices") == {"devices": []}
    answer = cli("doctor")
    assert answer.returncode == 3
    assert "✗ microphone: No microphone was found" in answer.stdout


@pytest.mark.parametrize("command", ["new", "run"])
def test_an_unknown_key_is_shown_with_file_and_line(cli, command):
    options = ["--no-console"] if command == "run" else []
    refused(
        cli(command, UNKNOWN_KEY, "--json", *options), 2, "unknown_key.yaml", "line 5", "presentor", "presenter"
    )
    assert cli.json("list") == {"meetings": []}


def test_a_classified_agenda_is_not_taken_in(cli, tmp_path):
    agenda = tmp_path / "会议.yaml"
    agenda.write_text("title: 保密会\ndate: 2026-03-09\nclassification: 秘密\nitems: [{title: 一}]\n", "utf-8")
    for command in (["new"], ["run", "--no-console"]):
        refused(cli(*command, agenda, "--json"), 1, "会议.yaml", "秘密", "administrator")
    assert cli.json("list") == {"meetings": []}
    assert "保密会" not in "".join(path.read_text("utf-8", "ignore") for path in cli.home.rglob("*.db*"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.wav", b"", "holds no sound"),
        ("坏.flac", SOUND.read_bytes()[:30], "damaged or not a sound file"),
        ("没有.wav", None, "no such file"),
    ],
)
def test_a_file_without_sound_is_refused_before_anything_begins(cli, meeting, tmp_path, name, content, words):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    refused(cli("run", meeting, "--no-console", "--json", "--source", path), 2, name, words)
    refused(cli("transcribe", path, "--json", "-o", tmp_path / "out.json"), 2, name, words)
    assert never_begun(cli, meeting)
    assert not (tmp_path / "out.json").exists()


@pytest.mark.model
@pytest.mark.usefixtures("model_path")
def test_a_recording_cut_short_is_used_as_far_as_it_goes_and_said_to_be_short(cli, meeting, tmp_path):
    path = tmp_path / "断.flac"
    path.write_bytes(SOUND.read_bytes()[:120_000])
    answer = cli("transcribe", path, "--json")
    assert answer.returncode == 0
    assert 1000 < json.loads(answer.stdout)["duration_ms"] < 60_000
    assert answer.stderr.count("\n") == 1 and "断.flac" in answer.stderr and "short" in answer.stderr
    ran = cli("run", meeting, "--no-console", "--source", path, "--pace", "fast")
    assert ran.returncode == 0 and "cut short" in ran.stderr


@pytest.mark.model
@pytest.mark.usefixtures("model_path")
def test_a_port_in_use_is_said_before_the_meeting_begins(cli, meeting):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused(
            cli("run", meeting, "--no-console", "--json", "--source", SOUND, "--port", port),
            1,
            str(port),
            "--port 0",
        )
        refused(cli("serve", "--port", port), 1, str(port))
    assert never_begun(cli, meeting)
    assert not (cli.home / "run" / "service.json").exists()


def test_a_missing_model_names_the_command_that_gets_it(cli, meeting, tmp_path):
    for command in (
        ["run", meeting, "--no-console", "--source", SOUND],
        ["transcribe", SOUND],
        ["models", "path", "whisper-base"],
    ):
        answer = cli(*command, "--json", MEETING_MODELS=str(tmp_path / "models"))
        refused(answer, 3, "whisper-base", "meeting models fetch whisper-base")
    assert never_begun(cli, meeting)


@pytest.mark.model
def test_a_damaged_model_is_refused_by_the_file_that_is_wrong(cli, meeting, model_path, tmp_path):
    folder = tmp_path / "models" / "whisper-base"
    folder.mkdir(parents=True)
    for file in model_path.iterdir():
        shutil.copyfile(file, folder / file.name)
    with (folder / "model.bin").open("r+b") as file:
        file.seek(100_000_000)
        byte = file.read(1)
        file.seek(100_000_000)
        file.write(bytes([byte[0] ^ 1]))
    models = str(folder.parent)
    answer = cli("run", meeting, "--no-console", "--source", SOUND, "--json", MEETING_MODELS=models)
    refused(answer, 3, "model.bin", "not loaded", "meeting models fetch")
    assert never_begun(cli, meeting)
    checked = cli("models", "verify", MEETING_MODELS=models)
    assert checked.returncode == 3 and "model.bin" in checked.stdout


@pytest.mark.parametrize("place", ["file", "proc"])
def test_a_home_that_cannot_be_written_is_named(cli, tmp_path, place):
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" if place == "file" else Path("/proc/meeting")
    for command in (["new", DEMO / "agenda.yaml"], ["list"], ["run", DEMO / "agenda.yaml", "--no-console"]):
        refused(cli(*command, "--json", "--home", home), 1, str(home), "--home")


def test_a_home_in_use_names_the_first_service_which_goes_on(cli, meeting):
    first = cli.start("serve")
    cli.serving(first)
    for command in (
        ["serve"],
        ["run", meeting, "--no-console", "--source", SOUND],
        ["run", meeting, "--source", SOUND],
    ):
        refused(cli(*command), 1, f"pid {first.pid}", "undisturbed", "meeting console")
    assert cli("next").returncode == 1
    first.terminate()
    assert first.wait(60) == 0
    assert never_begun(cli, meeting)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("only root may make a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_and_what_was_stored_stays(cli, small_disk):
    home = small_disk / "home"
    first = cli.json("new", DEMO / "agenda.yaml", "--home", home)["id"]
    with (small_disk / "ballast").open("wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, shutil.disk_usage(small_disk).free)
    for command in (["new", DEMO / "agenda.yaml"], ["run", first, "--no-console", "--source", SOUND]):
        refused(cli(*command, "--json", "--home", home), 1, "full")
    (small_disk / "ballast").unlink()
    assert [one["id"] for one in cli.json("list", "--home", home)["meetings"]] == [first]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--no-console", "--pace", "nan"], ["--pace", "realtime"]),
        (["run", "--no-console", "--pace", "快"], ["--pace", "realtime"]),
        (["run", "--no-console", "--language", "xx"], ["xx", "--language"]),
        (["transcribe", SOUND, "--language", "xx"], ["xx", "--language"]),
        (["transcribe", SOUND, "--format", "docx"], ["--format", "srt"]),
        (["search", "会议", "--kind", "纪要"], ["纪要", "minutes"]),
        (["search", "会议", "--from", "前阵子"], ["前阵子", "2026-03-09"]),
        (["search", "会议", "--to", "2026-13-01"], ["2026-13-01"]),
        (["item", "一"], ["N"]),
        (["nonesuch"], ["nonesuch", "meeting --help"]),
        (["run", "--no-console", "--port", "70000"], ["--port", "65535"]),
    ],
)
@pytest.mark.model
@pytest.mark.usefixtures("model_path")
def test_wrong_usage_says_what_is_right(cli, arguments, words):
    if "run" in arguments:
        arguments = [*arguments, "--source", SOUND]
    refused(cli(*arguments), 2, *words)


def test_an_unknown_meeting_and_an_ambiguous_one(cli, meeting):
    other = cli.json("new", DEMO / "agenda.yaml")["id"]
    refused(cli("show", "不存在", "--json"), 1, "不存在", "meeting list")
    refused(cli("export", "不存在"), 1, "meeting list")
    refused(cli("show", meeting[:8], "--json"), 2, meeting, other)
    refused(cli("run", "--no-console"), 2, meeting, other)
    refused(cli("export", meeting, "--format", "xls"), 2, "xls", "md")
    assert list(cli.folder.iterdir()) == []


@pytest.mark.parametrize(
    "command", [["tail"], ["console"], ["next"], ["item", "1"], ["pause"], ["resume"], ["stop"]]
)
def test_without_a_service_the_way_to_one_is_said(cli, command):
    refused(cli(*command), 1, "No service runs", "meeting run")


def test_an_address_where_nothing_answers_ends_with_a_sentence(cli):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        answer = cli("tail", f"ws://127.0.0.1:{unused.getsockname()[1]}/stream", MEETING_TOKEN="x" * 22)
    assert answer.returncode == 1
    assert "cannot be reached" in answer.stderr
