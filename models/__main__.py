"""`python -m models fetch NAME`: gets a model during set-up, when there may be no `meeting` command yet."""

import sys

from models.errors import ModelsError
from models.fetching import FetchStep
from models.store import ModelStore


class _Lines:
    """Says on stderr what a fetch does: a line for each step and each tenth."""

    def __init__(self) -> None:
        self.told = ""

    def __call__(self, step: FetchStep) -> None:
        text = self._words(step)
        if text and text != self.told:
            print(f"model: {text}", file=sys.stderr, flush=True)
            self.told = text

    def _words(self, step: FetchStep) -> str:
        match step.phase:
            case "waiting":
                return "another fetch is under way; waiting for it"
            case "refused":
                return f"{step.source.partition(':')[0]} did not give it ({step.reason})"
            case "downloading":
                tenth = 10 * step.done_bytes // max(step.total_bytes, 1)
                done = step.total_bytes * tenth // 10
                return f"{step.source.partition(':')[0]} {done // 10**6} of {step.total_bytes // 10**6} MB"
            case "checking":
                return "checking every file"
            case _:
                return ""


def main(arguments: list[str]) -> int:
    """Returns the exit code of contract 1."""
    if len(arguments) != 2 or arguments[0] != "fetch":
        print("usage: python -m models fetch NAME", file=sys.stderr)
        return 2
    try:
        path = ModelStore().fetch(arguments[1], _Lines())
    except ModelsError as refusal:
        print(f"model: {refusal}", file=sys.stderr)
        return refusal.exit_code
    except KeyboardInterrupt:
        print("model: stopped; the same command goes on from here", file=sys.stderr)
        return 130
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
