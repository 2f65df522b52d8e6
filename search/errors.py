"""What can go wrong while searching, indexing or reading a file."""

from models.refusal import N_, Refusal


class SearchError(Refusal):
    """Root of this package's errors."""

    code = "search_error"
    template = N_("The search could not be done: {reason}.")


class IndexDamaged(SearchError):
    """A part of the index cannot be read. Facts: `folder`, `part`."""

    code = "index_damaged"
    template = N_(
        "The search index in {folder} is damaged ({part}); the records themselves are not touched. "
        "Run 'meeting reindex' to build it again."
    )


class IndexReadOnly(SearchError):
    """It cannot be read as it is, and not be built again either. Facts: `folder`, `part`."""

    code = "index_read_only"
    template = N_(
        "The search index in {folder} is missing or damaged ({part}) and cannot be built again, because nothing can be "
        "written there; the records themselves are not touched, and 'meeting show' reads them. Make the folder "
        "writable, or copy the home to where it is, and search again."
    )


class IndexLocked(SearchError):
    """Another program is writing. Facts: `folder`."""

    code = "index_locked"
    template = N_(
        "Another program is writing the search index in {folder}; nothing was changed. Try again when it is done."
    )


class ExtractError(SearchError):
    """A file gives no text. Facts: `path` and what the subclass names."""

    code = "extract_error"
    exit_code = 2
    template = N_("{path} could not be read; it was not imported.")


class FileUnreadable(ExtractError):
    """Missing, not permitted, or no text in a known encoding. Facts: `path`, `reason`."""

    code = "file_unreadable"
    template = N_("{path} could not be read ({reason}); it was not imported.")


class FileEmpty(ExtractError):
    """There is no text in the file. Facts: `path`."""

    code = "file_empty"
    template = N_("{path} holds no text; it was not imported.")


class FileTooLarge(ExtractError):
    """Larger than allowed, packed or unpacked. Facts: `path`, `limit_mb`."""

    code = "file_too_large"
    template = N_("{path} is larger than the {limit_mb} MB that may be read; it was not imported. Split the file.")


class KindUnsupported(ExtractError):
    """A kind of file that cannot be read. Facts: `path`, `known`."""

    code = "kind_unsupported"
    template = N_("{path} is not a kind of file that can be read ({known}); it was not imported.")


class FileEncrypted(ExtractError):
    """Protected by a password. Facts: `path`."""

    code = "file_encrypted"
    template = N_("{path} is protected by a password; it was not imported. Save a copy without the password.")


class FileTruncated(ExtractError):
    """Cut off or damaged. Facts: `path`."""

    code = "file_truncated"
    template = N_("{path} is cut off or damaged; it was not imported. Fetch the file again from its source.")


class FileWithoutText(ExtractError):
    """Pages are there, but no characters: a scan, or fonts that do not say what they show. Facts: `path`, `reason`."""

    code = "file_without_text"
    template = N_(
        "{path} holds no text that can be read ({reason}); it was not imported. "
        "Have its pages read by a text recognition program (OCR) and import what that writes."
    )


class KindMismatch(ExtractError):
    """The name says one kind, the content is another. Facts: `path`, `named`, `found`."""

    code = "kind_mismatch"
    template = N_(
        "{path} is named {named}, but what it holds is {found}; it was not imported. "
        "Give it the name of its kind, or fetch the right file."
    )


class TableTooLarge(ExtractError):
    """More cells than a document has. Facts: `path`, `limit`."""

    code = "table_too_large"
    template = N_(
        "{path} has tables of more than {limit} cells; it was not imported. Split it, or leave them out."
    )


class EntitiesRefused(ExtractError):
    """XML that defines entities of its own, which no office program writes. Facts: `path`, `part`."""

    code = "entities_refused"
    template = N_(
        "{path} defines its own XML entities (in {part}), which can swell without end or draw in other files; "
        "it was not imported. Do not trust where it comes from."
    )


class NameUnsafe(ExtractError):
    """The name of a file in an archive leads out of the archive. Facts: `path`."""

    code = "name_unsafe"
    template = N_(
        "{path}: this name leads out of the archive; the file was not imported. "
        "Do not trust where the archive comes from."
    )


class ArchivesNested(ExtractError):
    """An archive in an archive in an archive. Facts: `path`, `limit`."""

    code = "archives_nested"
    template = N_(
        "{path} lies more than {limit} archives deep; it was not imported. Unpack the outer archives and try again."
    )


class FileTooDemanding(ExtractError):
    """Reading was given up. Facts: `path`, `seconds`, `limit_mb`."""

    code = "file_too_demanding"
    template = N_(
        "{path} could not be read within {seconds} seconds and {limit_mb} MB of memory; it was not imported. "
        "Split the file, or save it again in the program that made it."
    )
