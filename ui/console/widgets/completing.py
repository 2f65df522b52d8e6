"""What is being typed into a look-up, completed by the service: shown dim behind the cursor, taken with →."""

from textual.suggester import Suggester

from meeting.stream.messages import Complete
from models.refusal import Refusal
from ui.console.commands import Commands


class Completing(Suggester):
    """The first completion that goes on from what was typed; without an answer there is none."""

    def __init__(self, commands: Commands) -> None:
        # The archive grows while the meeting is recorded: an old answer is not kept.
        super().__init__(use_cache=False, case_sensitive=True)
        self._commands = commands

    async def get_suggestion(self, value: str) -> str | None:
        if not value.strip():
            return None
        try:
            answer = await self._commands.ask(lambda id: Complete(id=id, text=value))
        except Refusal:
            return None
        completions = (answer or {}).get("completions", ())
        return next((one for one in completions if one.startswith(value) and one != value), None)
