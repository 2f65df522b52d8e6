"""What can go wrong with a speech model.

ModelsError
├── ModelUnknown      (2) no such name in the catalogue and no such folder
├── ModelMissing      (3) known, but not on this machine
├── ModelDamaged      (3) on this machine, but a file of it is not what it should be
├── FetchFailed       (3) every source refused
├── SourceFailed      (3) one source refused; the next one is tried
├── NoSpace           (1) the disk has no room for it
└── StoreUnwritable   (1) the folder of the models cannot be written
"""

from models.refusal import N_, Refusal


class ModelsError(Refusal):
    """Root of this package's errors."""


class ModelUnknown(ModelsError):
    """Facts: `name`, `known` (names of the catalogue, comma separated)."""

    code = "model_unknown"
    template = N_("There is no speech model called {name}. Known: {known}; or give the path of a model's folder.")
    exit_code = 2


class ModelMissing(ModelsError):
    """Facts: `name`."""

    code = "model_missing"
    template = N_("The speech model {name} is not on this machine. Get it with: meeting models fetch {name}")
    exit_code = 3


class ModelDamaged(ModelsError):
    """Facts: `name`, `file`, `path` (the folder)."""

    code = "model_damaged"
    template = N_(
        "The speech model {name} is damaged: {file} in {path} is not what it should be. It was not loaded. "
        "Get it again with: meeting models fetch {name}"
    )
    exit_code = 3


class FolderDamaged(ModelDamaged):
    """A folder of the user's own, which nobody but the user can mend. Facts: `name`, `file`, `path`."""

    code = "model_folder_damaged"
    template = N_(
        "The folder {path} is no whole speech model: {file} is missing or damaged. "
        "It was not loaded. Copy a CTranslate2 Whisper model there again, or choose another model."
    )


class SourceFailed(ModelsError):
    """Facts: `source` (kind), `reason`."""

    code = "model_source_failed"
    template = N_("The source {source} did not give the speech model: {reason}")
    exit_code = 3


class FetchFailed(ModelsError):
    """Facts: `name`, `reasons` (one for each source)."""

    code = "model_fetch_failed"
    template = N_(
        "The speech model {name} could not be fetched ({reasons}). "
        "Check the network and try again, or copy the model's folder from another machine."
    )
    exit_code = 3


class NoSpace(ModelsError):
    """Facts: `name`, `path`, `need_mb`, `free_mb`."""

    code = "model_no_space"
    template = N_(
        "There is no room for the speech model {name} in {path}: it needs {need_mb} MB, {free_mb} MB are free. "
        "Free some space, or name another folder in MEETING_MODELS."
    )
    exit_code = 1


class StoreUnwritable(ModelsError):
    """Facts: `path`, `reason`."""

    code = "model_store_unwritable"
    template = N_(
        "Speech models cannot be kept in {path} ({reason}). Make it writable, or name another folder in MEETING_MODELS."
    )
    exit_code = 1
