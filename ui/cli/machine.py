"""This machine: its speech models, and what is missing on it."""

from typing import Annotated

import typer

from ui.cli.context import HomeOption, JsonOption, note, print_json, say
from ui.locale import _, explain

app = typer.Typer()
models = typer.Typer(help=_("The speech models on this machine."), no_args_is_help=True)
app.add_typer(models, name="models")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=_("The model's name."))]


@models.command("list", help=_("Shows the models there are."))
def list_models(home: HomeOption = None, json: JsonOption = False) -> None:
    from models.store import ModelStore

    found = ModelStore().list()
    if json:
        print_json({"models": found})
        return
    for one in found:
        where = one.path or _("not on this machine")
        say(f"{one.name:24} {one.size / 1e6:7.0f} MB  {one.license:12} {where}")


@models.command(help=_("Fetches a model, once, from the network."))
def fetch(name: NameArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    from models.fetching import FetchStep
    from models.store import ModelStore
    from ui.cli.fetching import FetchLines

    told = FetchLines()

    def tell(step: FetchStep) -> None:
        for line in told.lines(step):
            note(line)

    path = ModelStore().fetch(name, tell)
    if json:
        print_json({"path": str(path)})
    else:
        say(str(path))


@models.command(help=_("Checks every file of the models on this machine."))
def verify(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from models.errors import ModelsError
    from models.store import ModelStore

    store = ModelStore()
    names = [name] if name else [one.name for one in store.list() if one.path]
    rows, worst = [], 0
    for one in names:
        try:
            path, problem = str(store.find(one)), None
        except ModelsError as error:
            path, problem, worst = "", explain(error), error.exit_code
        rows.append({"name": one, "path": path, "problem": problem})
        if not json:
            say(f"{one}: {problem or _('sound')}")
    if json:
        print_json({"models": rows})
    raise typer.Exit(worst)


@models.command(help=_("Prints the folder of a model."))
def path(name: NameArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    from models.store import ModelStore

    found = str(ModelStore().find(name))
    if json:
        print_json({"path": found})
    else:
        say(found)


@app.command(help=_("Says what is missing on this machine, and the command that mends it."))
def doctor(home: HomeOption = None, json: JsonOption = False) -> None:
    from ui.cli.checks import examine

    findings = examine(home)
    if json:
        print_json({"ok": not any(one.problem for one in findings), "checks": findings})
    for one in findings:
        if not json:
            say(f"{'✗' if one.problem else '✓'} {one.name}: {one.problem or one.detail}")
    raise typer.Exit(max((one.exit_code for one in findings), default=0))
