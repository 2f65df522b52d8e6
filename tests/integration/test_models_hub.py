"""The hub's own client against a server on this machine that answers as the hub does."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models.catalog import Catalog, HubSource, ModelFile, ModelSpec
from models.errors import FetchFailed, ModelMissing
from models.store import ModelStore

REPO, REVISION = "office/whisper-small", "a" * 40
CONTENT = {
    "model.bin": bytes(range(256)) * 8000,
    "config.json": b"{}",
    "tokenizer.json": '{"会议": 1}'.encode(),
    "vocabulary.txt": "〇\n𠮷\n".encode(),
}
OTHER = {"README.md": b"not wanted"}


class Hub(BaseHTTPRequestHandler):
    """Says what a repository holds at a commit, and gives its files."""

    files = CONTENT | OTHER

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == f"/api/models/{REPO}/revision/{REVISION}":
            siblings = [{"rfilename": name} for name in self.files]
            self._answer(json.dumps({"id": REPO, "sha": REVISION, "siblings": siblings}).encode())
        elif path == f"/api/models/{REPO}/tree/{REVISION}":
            tree = [
                {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                for name, data in self.files.items()
            ]
            self._answer(json.dumps(tree).encode())
        elif path.startswith(f"/{REPO}/resolve/{REVISION}/") and path.rsplit("/", 1)[1] in self.files:
            self._answer(self.files[path.rsplit("/", 1)[1]])
        else:
            self.send_error(404)

    def _answer(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", REVISION)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Stays silent."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Hub]]:
    handler = type("OneHub", (Hub,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield handler
        server.shutdown()
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    files = tuple(ModelFile(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in CONTENT.items())
    spec = ModelSpec("small", "MIT", "made for this test", (HubSource(REPO, REVISION, files),))
    return ModelStore(tmp_path / "模型", Catalog((spec,)))


def test_hub_gives_the_listed_files_and_nothing_else(hub: type[Hub], store: ModelStore) -> None:
    path = store.fetch("small")
    assert {file.name for file in path.iterdir()} == {*CONTENT, "manifest.json"}
    assert store.find("small") == path
    assert store.verify("small").source == f"huggingface:{REPO}@{REVISION}"


def test_hub_that_gives_other_bytes_is_refused_by_file_name(hub: type[Hub], store: ModelStore) -> None:
    hub.files = CONTENT | {"tokenizer.json": b'{"forged": 1}'}
    with pytest.raises(FetchFailed, match=r"tokenizer\.json is not what the catalogue says"):
        store.fetch("small")
    with pytest.raises(ModelMissing):
        store.find("small")


def test_hub_without_a_file_is_refused_by_file_name(hub: type[Hub], store: ModelStore) -> None:
    hub.files = {name: data for name, data in CONTENT.items() if name != "vocabulary.txt"}
    with pytest.raises(FetchFailed, match=r"has no vocabulary\.txt"):
        store.fetch("small")


def test_repository_that_is_not_there_is_told_with_the_hubs_words(hub: type[Hub], tmp_path: Path) -> None:
    source = HubSource("office/nothing", REVISION, ())
    store = ModelStore(tmp_path, Catalog((ModelSpec("small", "MIT", "", (source,)),)))
    with pytest.raises(FetchFailed, match="huggingface: .*404"):
        store.fetch("small")


def test_files_of_a_refused_source_do_not_lie_beside_those_of_the_next(hub: type[Hub], tmp_path: Path) -> None:
    def source(content: dict[str, bytes]) -> HubSource:
        files = (ModelFile(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in content.items())
        return HubSource(REPO, REVISION, tuple(files))

    hub.files = CONTENT | {"vocabulary.json": b"[]"}
    forged = source(CONTENT | {"config.json": b"[]"})
    good = source(
        {name: hub.files[name] for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json")}
    )
    store = ModelStore(tmp_path, Catalog((ModelSpec("small", "MIT", "", (forged, good)),)))
    assert "vocabulary.txt" not in {file.name for file in store.fetch("small").iterdir()}
