"""Recordings into text, in every format, as a real command with the real model."""

import json
import re
from collections.abc import Callable

import pytest
from click.testing import Result
from typer.testing import CliRunner

from asr.recognizer import FasterWhisperRecognizer
from tests.conftest import DEMO, Cli
from ui.bench.scoring import edit_distance, error_rate, fold
from ui.cli import sound as sound_commands

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Two short recordings with Chinese names, of the demo meeting."""
    import soundfile

    folder = tmp_path_factory.mktemp("录音")
    for name, start, end in (("第一段.wav", 1.0, 5.9), ("09:00 会议.flac", 30.9, 39.8)):
        sound, rate = soundfile.read(DEMO / "meeting.flac", start=int(start * 16000), stop=int(end * 16000))
        soundfile.write(folder / name, sound, rate)
    return [folder / "第一段.wav", folder / "09:00 会议.flac"]


class Remembering(FasterWhisperRecognizer):
    """The real model, which does not decode twice what it has decoded in the same way: formats differ after it."""

    def __init__(self, folder):
        self._known = {}
        super().__init__(folder)

    def decode(self, samples, **manner):
        key = (samples.tobytes(), *sorted(manner.items()))
        if key not in self._known:
            self._known[key] = super().decode(samples, **manner)
        return self._known[key]


@pytest.fixture(scope="module")
def recognizer(model_path):
    return Remembering(model_path)


@pytest.fixture
def transcribed(recognizer, monkeypatch) -> Callable[..., Result]:
    """The command in this process, with its model loaded once for all."""
    monkeypatch.setattr("asr.recognizer.FasterWhisperRecognizer", lambda folder: recognizer)
    return lambda *arguments: CliRunner().invoke(sound_commands.app, ["transcribe", *map(str, arguments)])


def test_one_file_in_each_format(cli: Cli, clips, transcribed):
    first = clips[0]
    document = cli.json("transcribe", first)
    assert set(document) == {"language", "duration_ms", "segments"}
    assert document["language"] == "zh" and document["duration_ms"] == 4900
    for segment in document["segments"]:
        assert set(segment) == {"start_ms", "end_ms", "text", "raw_text", "confidence"}
    said = "".join(segment["text"] for segment in document["segments"])
    assert error_rate("同志们，现在开会。今天的局长办公会一共有三个议题。", said) < 0.25

    for format in ("txt", "srt", "vtt", "json", "jsonl"):
        answer = transcribed(first, "--format", format, "-o", cli.folder / f"文本.{format}")
        assert answer.exit_code == 0 and answer.stderr == ""
        content = (cli.folder / f"文本.{format}").read_text("utf-8")
        if format == "json":
            assert json.loads(content) == document
        elif format == "jsonl":
            assert [json.loads(line) for line in content.splitlines()] == document["segments"]
        elif format == "txt":
            assert "".join(content.split()) == "".join(said.split())
        else:
            assert "机器转写，未经核对" in content
            words = re.sub(r"WEBVTT|NOTE|机器转写，未经核对|^\d+$|.*-->.*", "", content, flags=re.M)
            assert fold(words) == fold(said)
            assert ("WEBVTT" in content) == (format == "vtt")


def test_several_files_in_one_process(cli: Cli, clips, transcribed):
    document = cli.json("transcribe", *clips)
    assert [one["path"] for one in document["files"]] == [str(path) for path in clips]
    assert all({"path", "language", "duration_ms", "segments"} == set(one) for one in document["files"])
    assert "没有意见" in document["files"][1]["segments"][0]["text"]
    lines = transcribed(*clips, "--format", "jsonl").stdout.splitlines()
    assert {json.loads(line)["path"] for line in lines} == {str(path) for path in clips}
    text = transcribed(*clips).stdout
    assert f"# {clips[1]}" in text


@pytest.mark.shared
@pytest.mark.parametrize("each", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_mandarin_recordings_have_a_quarter_of_their_characters_wrong_at_most(cli: Cli, shared_folder, each):
    folder = shared_folder / "data" / "speech"
    entries = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    spoken = [one for one in entries if one["lang"] == "zh" and one.get("text") and "noise" not in one["kind"]]
    assert len(spoken) > 30
    spoken = spoken[::each]
    files = cli.json("transcribe", *(folder / one["file"] for one in spoken), timeout=900)["files"]
    wrong = length = 0
    for one, got in zip(spoken, files, strict=True):
        wanted = fold(one["text"])
        wrong += edit_distance(wanted, fold("".join(segment["text"] for segment in got["segments"])))
        length += len(wanted)
    print(f"{len(spoken)} clips, {length} characters, error rate {wrong / length:.3f}")
    assert wrong / length <= 0.25
