"""The `meeting` command (also `python -m ui.cli`): every refusal becomes one line and an exit code."""

import errno
import os
import sys

import typer

from models.refusal import Refusal
from ui.cli.context import note
from ui.locale import _, explain, said

# The root of wrong usage, which the library does not export by name.
USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]


def main() -> None:
    """Runs the command of `sys.argv`; exit codes as in the command line's contract."""
    from ui.cli.app import app
    from ui.locale.help_page import translate_help_pages

    translate_help_pages()
    try:
        code = app(standalone_mode=False)
    except Refusal as error:
        code = refuse(explain(error), error.exit_code)
    except USAGE_ERROR as error:
        code = refuse(_("Wrong usage: {why} See `meeting --help`.").format(why=said(_message(error))), 2)
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    except BrokenPipeError:
        # Whoever read our output has left; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = refuse(_system_refusal(error), 1)
    except Exception as error:
        # A mistake of ours. A secretary needs a sentence; who mends it sets MEETING_TRACEBACK and sees where it is.
        if os.environ.get("MEETING_TRACEBACK"):
            raise
        code = refuse(_mistake(error), 1)
    sys.exit(code if isinstance(code, int) else 0)


def _system_refusal(error: OSError) -> str:
    why = said(str(error))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _("The disk is full ({why}). What was stored before is safe; make room and try again.").format(
            why=why
        )
    return _("The system refused: {why}. What was recorded before is safe.").format(why=why)


def _mistake(error: Exception) -> str:
    return _(
        "The program made a mistake ({kind}: {why}). What was recorded before is safe. Try again; if it comes back, "
        "report it with what is printed when MEETING_TRACEBACK=1 is set."
    ).format(kind=type(error).__name__, why=error)


def refuse(sentence: str, code: int) -> int:
    """Prints one line on stderr and returns `code`."""
    note(" ".join(line.strip() for line in sentence.splitlines()))
    return code


def _message(error: BaseException) -> str:
    describe = getattr(error, "format_message", None)
    words = str(describe() if describe else error).strip()
    return words if words.endswith((".", "。", "?", "？")) else words + "."


if __name__ == "__main__":
    main()
