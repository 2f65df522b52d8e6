"""The archive: search, import, reindex."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.context import HomeOption, JsonOption, note, print_json, records_at, records_to_look_up, say
from ui.locale import _, explain

if TYPE_CHECKING:
    from meeting.importing import ImportReport
    from meeting.library import Library
    from meeting.stream.messages import Search
    from search.documents import Results

app = typer.Typer()


@app.command(help=_("Finds passages in agendas, records and imported minutes."))
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    kind: Annotated[list[str] | None, typer.Option(help="agenda, record, minutes, document, decision")] = None,
    date_from: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=_("Not before this day."))
    ] = None,
    date_to: Annotated[str | None, typer.Option("--to", metavar="DATE", help=_("Not after this day."))] = None,
    unit: Annotated[str | None, typer.Option(help=_("Only what this unit brought in."))] = None,
    speaker: Annotated[str | None, typer.Option(help=_("Only what this person said."))] = None,
    outcome: Annotated[str, typer.Option(help=_("Only decisions that went so: 通过, 原则通过, 暂缓 …"))] = "",
    body: Annotated[str, typer.Option(help=_("Only what this body minuted."))] = "",
    due: Annotated[
        str | None,
        typer.Option(metavar="DATE", help=_("Only what gives something to do by then: 2026-03, 上个月 …")),
    ] = None,
    owed: Annotated[
        str, typer.Option(metavar="STATE", help=_("Only what is not known to be done (open), or what is (done)."))
    ] = "",
    sort: Annotated[str, typer.Option(help=_("relevance, or newest first"))] = "relevance",
    context: Annotated[
        int, typer.Option(min=0, max=50, help=_("How many passages to show round each that was found."))
    ] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help=_("How many documents."))] = 10,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.stream.messages import Search
    from search.documents import KINDS
    from ui.cli.hits import by_meeting, facet_lines, opened_lines
    from ui.cli.recall import passage_at

    wrong = [one for one in kind or () if one not in KINDS]
    if wrong:
        raise typer.BadParameter(
            _("{wrong} is no kind; choose from {kinds}").format(wrong=wrong[0], kinds=", ".join(KINDS))
        )
    if sort not in ("relevance", "newest"):
        raise typer.BadParameter(_("{wrong} is no order; choose relevance or newest").format(wrong=sort))
    if owed not in ("", "open", "done"):
        raise typer.BadParameter(_("{wrong} is no state; choose open or done").format(wrong=owed))
    due_from, due_to = _span(due, ends=1) if due else (None, None)
    asked = Search(
        id="",
        query=query,
        kind=tuple(one for one in KINDS if one in (kind or ())),
        date_from=_span(date_from)[0] if date_from else None,
        date_to=_span(date_to)[1] if date_to else None,
        unit=unit,
        speaker=speaker,
        limit=limit,
        sort="newest" if sort == "newest" else "relevance",
        outcome=outcome,
        body=body,
        due_from=due_from,
        due_to=due_to,
        owed="open" if owed == "open" else "done" if owed == "done" else "",
    )
    results = find(asked, home)
    if json:
        print_json(results)
        return
    if results.note:
        say(_(results.note))
    if not results.hits:
        say(_("Nothing was found."))
    if results.suggestions:
        note(_("Did you mean: {words}").format(words="  ".join(results.suggestions)))
    for text, hit in by_meeting(results):
        say(text)
        if hit is not None and context:
            for line in opened_lines(passage_at(hit.id, hit.passage_id, context, home), with_heading=False):
                say(f"      {line}")
    if len(results.hits) > 1:
        for line in facet_lines(results.facets):
            note(line)


def _span(written: str, ends: int = 2) -> tuple[str, str]:
    """The first and the last day that a date means: 2018, 2018-07, 2018年7月, 去年; at least `ends` of them."""
    from datetime import date

    from search.when import span_of

    span = span_of(written.strip(), date.today())
    if span is None or sum(map(bool, span)) < ends:
        raise typer.BadParameter(_("{wrong} is no date; write it like 2026-03-09").format(wrong=written))
    return span


def find(command: "Search", home: Path | None) -> "Results":
    """Asks the running service, which knows what is being said just now, else the records themselves."""
    import asyncio

    import msgspec

    from meeting.errors import Disconnected, NoService
    from meeting.home import Home
    from meeting.inquiring import query_of
    from search.documents import Results
    from ui.cli.remote import give

    try:
        found = asyncio.run(give(Home(home), lambda new_id: msgspec.structs.replace(command, id=new_id)))
    except (NoService, Disconnected):
        library = records_to_look_up(home).library
        results = library.search(query_of(command))
        if library.falls_short():
            note(
                _(
                    "Nothing can be written where the records lie, so the search index could not be brought up to "
                    "date: the newest records may be missing among what was found."
                )
            )
        return results
    return msgspec.convert(found, Results)


@app.command(
    "import",
    help=_("Takes old minutes and documents (DOCX, PDF, TXT, HTML, Markdown, ZIP, folders) into the archive."),
)
def import_files(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH…")] = None,
    review: Annotated[
        bool, typer.Option("--review", help=_("Go through what the files left open, and answer it."))
    ] = False,
    answer: Annotated[
        list[str] | None,
        typer.Option(metavar="ID=VALUE", help=_("Answer what --review lists, without being asked.")),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from ui.cli.review import ask, described, split_answer

    if not paths and not review and not answer:
        raise typer.BadParameter(_("give files or folders to import, or --review"))
    library = records_at(home).library
    for question, value in map(split_answer, answer or ()):
        library.answer(question, value)
    reports = _imported(library, paths or [], quiet=json)
    if json:
        listed = {"review": described(library)} if review else {}
        print_json({"files": [_row(report) for report in reports], **listed})
    elif review:
        ask(library)
    if paths and not reports:
        note(_("There was no file to import."))
    if reports and all(report.error for report in reports):
        raise typer.Exit(2)


def _imported(library: "Library", paths: list[Path], quiet: bool) -> "list[ImportReport]":
    """Imports with a bar, a line for each file as it is done, and the sums at the end."""
    from meeting.importing import files_below
    from ui.cli.progress import Progress

    files = list(files_below(paths))
    reports = []
    done = set[str]()
    with Progress(_("Importing"), len(files)) as progress:
        for report in library.import_files(files):
            reports.append(report)
            done.add(report.file)
            if not quiet:
                progress.clear()
                say("  ".join(part for part in (_(report.status), report.path, _remark(report)) if part))
            progress(len(done))
    if reports and not quiet:
        counts = Counter[str](report.status for report in reports)
        say(_("Imported {imported}, known {known}, refused {refused}.").format_map(counts))
        if asked := sum(len(report.doubts) for report in reports):
            say(_("{count} questions are open; answer them with `meeting import --review`.").format(count=asked))
    return reports


def _remark(report: "ImportReport") -> str:
    from ui.cli.review import field_name

    if report.error:
        return explain(report.error)
    fields = dict.fromkeys(field_name(doubt.field) for doubt in report.doubts)
    return _("to be reviewed: {fields}").format(fields=_(", ").join(fields)) if fields else ""


def _row(report: "ImportReport") -> dict[str, object]:
    return {
        "path": report.path,
        "status": report.status,
        "reason": explain(report.error) if report.error else None,
    }


@app.command(help=_("Rebuilds the search index from the records."))
def reindex(home: HomeOption = None, json: JsonOption = False) -> None:
    count = records_at(home).library.reindex()
    if json:
        print_json({"documents": count})
    else:
        say(_("{count} documents are in the index.").format(count=count))
