"""Answers about imported files, and written results, that cannot be taken or made."""

from meeting.errors.root import MeetingError
from models.refusal import N_


class ReviewError(MeetingError):
    """An answer to what an imported file left open, which cannot be taken. Nothing was changed."""

    exit_code = 2


class QuestionUnknown(ReviewError):
    """Nothing of this id is asked, or it was answered before."""

    code = "question_unknown"
    template = N_(
        "Nothing is asked under {question}. `meeting import --review` shows what is. Nothing was changed."
    )


class AnswerUnfit(ReviewError):
    """The answer is none to this question."""

    code = "answer_unfit"
    template = N_("“{answer}” does not answer {question}. Answer like this: {example}. Nothing was changed.")


class ExportError(MeetingError):
    """A written result that could not be made. The record is untouched."""


class ExportFailed(ExportError):
    """The file could not be written."""

    code = "export_failed"
    template = N_("{file} could not be written: {why}. The record itself is safe; choose another place with -o.")


class FormatUnknown(ExportError):
    """There is no exporter of this name."""

    code = "format_unknown"
    template = N_("There is no export format {format}. Choose one of: {known}.")
    exit_code = 2
