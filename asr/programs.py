"""How this project's own programs are started as processes of their own."""

import os
import sys
from pathlib import Path

_ROOT = str(Path(__file__).parent.parent)


def command_of(module: str) -> list[str]:
    """The command line of `python -m module`, arguments to follow.

    -P: a folder that happens to hold a `models` or `search` must not be imported from.
    """
    return [sys.executable, "-P", "-m", module]


def environment_of(**more: str) -> dict[str, str]:
    """This process's environment, in which our packages are found also where they are not installed."""
    path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, **more}
