"""The `meeting` command (also `python -m ui.cli`): every refusal becomes one line and an exit code."""

import os
import sys

import typer

from models.refusal import Refusal
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
        code = refuse(
            _("The system refused: {why}. What was recorded before is safe.").format(why=said(str(error))), 1
        )
    sys.exit(code if isinstance(code, int) else 0)


def refuse(sentence: str, code: int) -> int:
    """Prints one line on stderr and returns `code`."""
    print(" ".join(sentence.split()), file=sys.stderr)
    return code


def _message(error: BaseException) -> str:
    describe = getattr(error, "format_message", None)
    words = str(describe() if describe else error).strip()
    return words if words.endswith((".", "。", "?", "？")) else words + "."


if __name__ == "__main__":
    main()
