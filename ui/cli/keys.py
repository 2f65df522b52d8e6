"""The key card: every key of the console on one page, to lie beside the keyboard."""

import typer

from ui.cli.context import HomeOption, JsonOption, print_json, say
from ui.locale import _

app = typer.Typer()


@app.command(help=_("Prints the console's keys on one page."))
def keys(home: HomeOption = None, json: JsonOption = False) -> None:
    from ui.console.keycard import card, rows

    if json:
        print_json(
            {"keys": [{"action": one.id, "key": one.key, "where": one.where, "help": one.help} for one in rows()]}
        )
    else:
        for line in card():
            say(line)
