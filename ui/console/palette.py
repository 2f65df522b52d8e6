"""Every action by its name: what the screen under the palette can do, then what the app can."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from ui.console.keymap import ACTIONS, Action, key_name
from ui.locale import _


class Actions(Provider):
    """Reads the one table of keys, so that nothing can be done only by who knows its key."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for action in self._here():
            yield DiscoveryHit(self._title(action), partial(self._do, action), help=_(action.help))

    async def search(self, query: str) -> Hits:
        """Those whose name, key or sentence has what was typed, in either language."""
        matcher = self.matcher(query)
        for action in self._here():
            title = self._title(action)
            score = matcher.match(title)
            beside = max(map(matcher.match, (_(action.help), action.label, action.help)))
            if score or beside:
                shown = matcher.highlight(title) if score else title
                yield Hit(max(score, beside / 2), shown, partial(self._do, action), help=_(action.help))

    def _here(self) -> Iterator[Action]:
        place = getattr(self.screen, "PLACE", "meeting")
        for action in ACTIONS:
            if action.where == place and action.id != "leave":
                yield action
        for action in ACTIONS:
            if action.where == "app" and action.id != "palette":
                yield action

    @staticmethod
    def _title(action: Action) -> str:
        key = key_name(action, {})
        return f"{_(action.label)}  {key}" if key else _(action.label)

    async def _do(self, action: Action) -> None:
        target = self.app if action.where == "app" else self.screen
        await target.run_action(action.id)
