from search import errors


def test_every_error_has_a_code_of_its_own_and_hangs_on_the_root() -> None:
    found = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.SearchError)]
    assert len(found) == 18
    assert len({error.code for error in found}) == len(found)
    assert {e.exit_code for e in found if issubclass(e, errors.ExtractError)} == {2}
    assert {errors.IndexDamaged.exit_code, errors.IndexLocked.exit_code} == {1}


def test_sentences_say_what_and_what_to_do() -> None:
    assert str(errors.FileEncrypted(path="通知.docx")) == (
        "通知.docx is protected by a password; it was not imported. Save a copy without the password."
    )
    assert str(errors.IndexLocked(folder="index")) == (
        "Another program is writing the search index in index; nothing was changed. Try again when it is done."
    )
