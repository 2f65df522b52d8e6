"""The word list of a body: what its meetings listen for; told to the running meeting as well."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.context import HomeOption, JsonOption, home_at, note, print_json, records_at, say
from ui.locale import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from meeting.domain.words import WordKind
    from meeting.records import Records
    from meeting.stream.messages import Word

app = typer.Typer()
words = typer.Typer(help=_("The names and terms that a body's meetings listen for."), no_args_is_help=True)
app.add_typer(words, name="words")

WordsArgument = Annotated[list[str], typer.Argument(metavar="WORD…")]
BodyOption = Annotated[
    str | None,
    typer.Option(help=_("Whose list (会议主体). Default: that of the running meeting, else of the newest one.")),
]


@words.command(help=_("Adds words; a meeting of the body that is running listens for them at once."))
def add(
    given: WordsArgument,
    body: BodyOption = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="term, person, unit")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.store.words import BodyWord
    from meeting.wording import kind_of

    fit = [(word, _kind(kind) or kind_of(word)) for word in _fit(given)]
    records = records_at(home)
    whose = _whose(records, body, home)
    for word, sort in fit:
        records.words.put(BodyWord(body=whose, text=word, kind=sort, by="secretary"))
    told = _tell(records, whose, home, fit, remove=False)
    if json:
        rows = [{"text": word, "kind": sort} for word, sort in fit]
        print_json({"body": whose, "words": rows, "meeting": told})
        return
    say(
        _("{body} now listens for: {words}").format(
            body=_named(whose), words="、".join(word for word, _sort in fit)
        )
    )
    if told:
        say(_("The running meeting {meeting} does so at once.").format(meeting=told))


@words.command("list", help=_("Shows the word list of a body, or of all."))
def list_words(
    body: Annotated[str | None, typer.Option(help=_("Only this body's (会议主体)."))] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    records = records_at(home)
    found = records.words.all() if body is None else records.words.of(body)
    if json:
        print_json({"words": found})
        return
    if not found:
        say(_("No word is listed yet. Add one with `meeting words add WORD`."))
    kinds = {"term": _("term"), "person": _("person"), "unit": _("unit")}
    for one in found:
        origin = _("learnt from a correction") if one.learnt else ""
        say("  ".join(part for part in (_named(one.body), one.text, kinds[one.kind], origin) if part))


@words.command(help=_("Takes words out of the list again."))
def remove(
    given: WordsArgument, body: BodyOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    from meeting.errors import WordUnlisted

    fit = _fit(given)
    records = records_at(home)
    whose = _whose(records, body, home)
    listed = {one.text: one.kind for one in records.words.of(whose)}
    for word in fit:
        if word not in listed:
            raise WordUnlisted(word=word, body=_named(whose))
    for word in fit:
        records.words.remove(whose, word)
    told = _tell(records, whose, home, [(word, listed[word]) for word in fit], remove=True)
    if json:
        print_json({"body": whose, "words": [{"text": word} for word in fit], "meeting": told})
    else:
        say(_("{body} no longer listens for: {words}").format(body=_named(whose), words="、".join(fit)))


def _fit(given: list[str]) -> list[str]:
    """The words as they are kept, all or none. Raises WordUnfit."""
    from meeting.domain.words import CHARS_AT_LEAST, CHARS_AT_MOST, fit_word
    from meeting.errors import WordUnfit

    found = []
    for word in given:
        fit = fit_word(word)
        if fit is None:
            raise WordUnfit(word=word, least=CHARS_AT_LEAST, most=CHARS_AT_MOST)
        found.append(fit)
    return list(dict.fromkeys(found))


def _kind(given: str | None) -> "WordKind | None":
    match given:
        case None | "term" | "person" | "unit":
            return given
        case _:
            raise typer.BadParameter(
                _("{wrong} is no kind; choose from {kinds}").format(wrong=given, kinds="term, person, unit")
            )


def _running(home: Path | None) -> str | None:
    from meeting.errors import NoService

    try:
        return home_at(home).address().meeting
    except NoService:
        return None


def _whose(records: "Records", body: str | None, home: Path | None) -> str:
    if body is not None:
        return body.strip()
    running = _running(home)
    if running is not None:
        return records.meetings.get(running).agenda.body
    newest = records.meetings.all()[:1]
    return newest[0].agenda.body if newest else ""


def _named(body: str) -> str:
    return body or _("(no body)")


def _tell(
    records: "Records", body: str, home: Path | None, given: "Iterable[tuple[str, WordKind]]", remove: bool
) -> str | None:
    """Tells the running meeting, if it is one of the body; returns its id. The list has the words in any case."""
    import asyncio

    from meeting.errors import Disconnected, NoService
    from meeting.stream.client import CommandRefused
    from ui.cli.remote import give
    from ui.locale import explain

    running = _running(home)
    if running is None or records.meetings.get(running).agenda.body != body:
        return None
    try:
        for word, kind in given:
            asyncio.run(give(home_at(home), partial(_command, word, kind, remove)))
    except (NoService, Disconnected):
        return None
    except CommandRefused as error:
        note(explain(error))
        return None
    return running


def _command(text: str, kind: "WordKind", remove: bool, new_id: str) -> "Word":
    from meeting.stream.messages import Word

    return Word(id=new_id, text=text, kind=kind, remove=remove)
