"""Every action by its name: what the screen under the palette can do, then what the app can."""

from collections.abc import Iterator, Mapping
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from ui.console.editing.names import matches
from ui.console.keymap import ACTIONS, Action, key_name, own_keys
from ui.locale import _

BY_NAME, BY_SOUND, BY_SENTENCE = 1.0, 0.8, 0.5


class Actions(Provider):
    """Reads the one table of keys, so that nothing can be done only by who knows its key."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for action in self._here():
            yield DiscoveryHit(self._title(action), partial(self._do, action), help=_(action.help))

    async def search(self, query: str) -> Hits:
        """Those whose name, key or sentence has what was typed: in either language, by pinyin or its initials."""
        keys = own_keys(self.app)
        meant = [(score, action) for action in self._here() if (score := how_well(query, action, keys))]
        if not meant:
            yield Hit(0.1, _("No action is called so."), self._nothing)
        for at, (score, action) in enumerate(meant):
            title, words = self._title(action), query.strip()
            start = title.casefold().find(words.casefold())
            shown = Content(title)
            if start >= 0:
                shown = shown.stylize("bold underline", start, start + len(words))
            yield Hit(score - at / 1000, shown, partial(self._do, action), help=_(action.help))

    def _here(self) -> Iterator[Action]:
        place = getattr(self.screen, "PLACE", "meeting")
        for action in ACTIONS:
            if action.where == place and action.id != "leave":
                yield action
        for action in ACTIONS:
            if action.where == "app" and action.id != "palette":
                yield action

    def _title(self, action: Action) -> str:
        key = key_name(action, own_keys(self.app))
        return f"{_(action.label)}  {key}" if key else _(action.label)

    @staticmethod
    async def _nothing() -> None:
        """There is nothing to do."""

    async def _do(self, action: Action) -> None:
        target = self.app if action.where == "app" else self.screen
        await target.run_action(action.id)


def how_well(query: str, action: Action, keys: Mapping[str, str]) -> float:
    """How well what was typed names the action; 0 where it does not. `keys`: a person's own."""
    words = query.strip().casefold()
    names = [name.casefold() for name in (_(action.label), action.label, key_name(action, keys))]
    if any(words in name for name in names):
        return BY_NAME
    if matches(words, _(action.label)):
        return BY_SOUND
    sentences = (_(action.help).casefold(), action.help.casefold())
    return BY_SENTENCE if any(all(word in told for word in words.split()) for told in sentences) else 0.0
