"""Brings what is new into the index's terms in a process of its own: what Whoosh computes holds up no search.

`python -m meeting.folding INDEX` does it once, at low priority, under the index's lock. Killed at any point it leaves
the old index in use; the next one goes on where it was.
"""

import os
import subprocess
import sys
from pathlib import Path
from threading import Event

from asr.programs import command_of, environment_of
from search.errors import IndexDamaged, SearchError
from search.index import put_terms_right

_NICENESS = 10
_DAMAGED = 3
_LOOK_AGAIN_S = 0.2


def fold_apart(folder: Path, stop: Event) -> bool:
    """Has the index in `folder` folded and waits for it; when `stop` is set, ends that and returns False.

    Raises: IndexDamaged when not even its database can be read; SearchError.
    """
    try:
        child = subprocess.Popen(
            [*command_of("meeting.folding"), str(folder)],
            env=environment_of(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise SearchError(reason=f"{folder}: {error.strerror or error}") from error
    with child:
        while True:
            try:
                _, told = child.communicate(timeout=_LOOK_AGAIN_S)
                break
            except subprocess.TimeoutExpired:
                if stop.is_set():
                    child.kill()
                    return False
    last = told.decode(errors="replace").strip().rpartition("\n")[2]
    if child.returncode == _DAMAGED:
        raise IndexDamaged(folder=str(folder), part=last)
    if child.returncode:
        raise SearchError(reason=f"{folder}: {last or child.returncode}")
    return True


def main(argv: list[str]) -> int:
    """The program: returns its exit code."""
    if len(argv) != 1:
        print("python -m meeting.folding INDEX", file=sys.stderr)
        return 2
    os.nice(_NICENESS)
    try:
        put_terms_right(Path(argv[0]))
    except IndexDamaged as damage:
        print(damage.facts["part"], file=sys.stderr)
        return _DAMAGED
    except SearchError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
