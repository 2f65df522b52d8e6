"""The folder of models on this machine: finds, fetches and verifies.

Finding never touches a network and always compares the hashes of every file: a damaged model gives wrong words
without any sign, so it must not be loaded. Fetching prepares everything in a folder beside and puts it in place with
one rename.
"""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from models.catalog import Catalog, ModelSpec, Source, load_catalog, size_of
from models.checks import FileReport, check_files, check_shape, first_bad, read_manifest
from models.errors import (
    FetchFailed,
    FolderDamaged,
    ModelDamaged,
    ModelMissing,
    ModelUnknown,
    NoSpace,
    SourceFailed,
    StoreUnwritable,
)
from models.fetching import FetchStep, Workplace, room_left
from models.sources import fetch_files, room_for

Progress = Callable[[FetchStep], None]


class ModelReport(msgspec.Struct, frozen=True):
    """A model as it lies on this machine, file by file. `source` is empty when nobody knows where it came from."""

    name: str
    path: str
    source: str
    files: tuple[FileReport, ...]

    @property
    def sound(self) -> bool:
        return first_bad(self.files) is None


class ModelListing(msgspec.Struct, frozen=True):
    """One line of the list of models; `size` in bytes; `path` is None when it is not on this machine."""

    name: str
    license: str
    size: int
    path: str | None


def default_folder() -> Path:
    """Where models lie: `MEETING_MODELS`, else the user's cache folder."""
    named = os.environ.get("MEETING_MODELS")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("smart-meeting") / "models"


def ignore(step: FetchStep) -> None:
    """Progress for callers that show none."""


class ModelStore:
    """The models in one folder, each in a folder of its name."""

    def __init__(self, folder: Path | None = None, catalog: Catalog | None = None) -> None:
        self.folder = (folder or default_folder()).resolve()
        self.catalog = catalog or load_catalog()

    def find(self, name: str) -> Path:
        """The folder of a sound model, by its name or by the path of a folder. Never uses a network.

        Raises:
            ModelUnknown, ModelMissing: there is no such model here.
            ModelDamaged: a file is not what it should be.
        """
        report = self.verify(name)
        bad = first_bad(report.files)
        if bad is not None:
            ours = Path(report.path).parent == self.folder and report.name in self.catalog
            error = ModelDamaged if ours else FolderDamaged
            raise error(name=report.name, file=bad.name, path=report.path)
        return Path(report.path)

    def verify(self, name: str) -> ModelReport:
        """Every file of a model compared with what it should be.

        Raises:
            ModelUnknown, ModelMissing: there is no such model here.
        """
        path = self._locate(name)
        manifest = read_manifest(path)
        if manifest is not None:
            return ModelReport(path.name, str(path), manifest.source, check_files(path, manifest.files))
        if path.parent == self.folder and path.name in self.catalog:
            return self._compare_with_sources(self.catalog.find(path.name), path)
        return ModelReport(path.name, str(path), "", check_shape(path))

    def list(self) -> tuple[ModelListing, ...]:
        """The catalogue's models and the user's own folders; says what is there, not whether it is sound."""
        listings = []
        for spec in self.catalog.models:
            path = self.folder / spec.name
            here = str(path) if (path / "model.bin").is_file() else None
            listings.append(ModelListing(spec.name, spec.license, spec.size, here))
        for path in sorted(self.folder.glob("[!.]*/model.bin")):
            if path.parent.name not in self.catalog:
                listings.append(ModelListing(path.parent.name, "", path.stat().st_size, str(path.parent)))
        return tuple(listings)

    def fetch(self, name: str, progress: Progress = ignore) -> Path:
        """Gets a model of the catalogue, unless it is already here and sound. Uses the network.

        Two fetches at once do no harm: the second waits and finds the work done. A killed one leaves only a hidden
        folder, which the next one uses and removes.

        Raises:
            ModelUnknown: the catalogue has no such name.
            FetchFailed: no source gave it.
            NoSpace, StoreUnwritable: it cannot be kept.
        """
        spec = self.catalog.find(name)
        try:
            if self._is_sound(name):
                return self.folder / name
            self.folder.mkdir(parents=True, exist_ok=True)
            with Workplace(self.folder, name, progress) as workplace:
                if not self._is_sound(name):
                    self._fetch_from_first(spec, workplace, progress)
                workplace.clear()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                free = room_left(self.folder) // 10**6
                raise NoSpace(
                    name=name, path=str(self.folder), need_mb=spec.size // 10**6, free_mb=free
                ) from error
            raise StoreUnwritable(path=str(self.folder), reason=error.strerror or str(error)) from error
        return self.folder / name

    def _fetch_from_first(self, spec: ModelSpec, workplace: Workplace, progress: Progress) -> None:
        reasons = []
        for source in spec.sources:
            try:
                self._fetch_from(spec, source, workplace, progress)
            except SourceFailed as failure:
                reasons.append(f"{failure.facts['source']}: {failure.facts['reason']}")
                progress(FetchStep("refused", source.label, reason=failure.facts["reason"]))
            else:
                return
        raise FetchFailed(name=spec.name, reasons="; ".join(reasons))

    def _fetch_from(self, spec: ModelSpec, source: Source, workplace: Workplace, progress: Progress) -> None:
        kind = source.__struct_config__.tag
        need, free = room_for(source), room_left(self.folder) + workplace.size()
        if need > free:
            raise NoSpace(name=spec.name, path=str(self.folder), need_mb=need // 10**6, free_mb=free // 10**6)
        work = workplace.path / str(kind)
        workplace.empty_files()
        with workplace.watched(source.label, size_of(source.files)):
            fetch_files(source, work, workplace.files, workplace.lock)
        progress(FetchStep("checking", source.label))
        bad = first_bad(check_files(workplace.files, source.files))
        if bad is not None:
            shutil.rmtree(work)
            raise SourceFailed(source=kind, reason=f"{bad.name} is not what the catalogue says")
        workplace.put_in_place(spec.name, source)
        progress(FetchStep("done", source.label))

    def _is_sound(self, name: str) -> bool:
        try:
            self.find(name)
        except (ModelMissing, ModelDamaged):
            return False
        return True

    def _locate(self, name: str) -> Path:
        if os.sep in name or name in (".", ".."):
            path = Path(name).expanduser().resolve()
            if not path.is_dir():
                raise ModelUnknown(name=name, known=", ".join(spec.name for spec in self.catalog.models))
            return path
        path = self.folder / name
        if name and path.is_dir():
            return path
        raise ModelMissing(name=self.catalog.find(name).name)

    def _compare_with_sources(self, spec: ModelSpec, path: Path) -> ModelReport:
        """A folder without a manifest, copied by hand: the source that it resembles most says what it should be."""

        def sizes_right(source: Source) -> int:
            found = ((path / file.name, file.size) for file in source.files)
            return sum(file.is_file() and file.stat().st_size == size for file, size in found)

        source = max(spec.sources, key=sizes_right)
        return ModelReport(spec.name, str(path), source.label, check_files(path, source.files))
