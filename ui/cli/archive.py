"""The archive: search, import, reindex."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.context import HomeOption, JsonOption, home_at, note, print_json, records_at, say
from ui.locale import _, explain
from ui.words import hit_kind

if TYPE_CHECKING:
    from meeting.importing import ImportReport
    from meeting.library import Library
    from search.documents import Hit, Query, Results

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
    limit: Annotated[int, typer.Option(min=1, max=1000, help=_("How many documents."))] = 10,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from search.documents import KINDS, Query

    wrong = [one for one in kind or () if one not in KINDS]
    if wrong:
        raise typer.BadParameter(
            _("{wrong} is no kind; choose from {kinds}").format(wrong=wrong[0], kinds=", ".join(KINDS))
        )
    asked = Query(
        text=query,
        kinds=tuple(one for one in KINDS if one in (kind or ())),
        date_from=_span(date_from)[0] if date_from else None,
        date_to=_span(date_to)[1] if date_to else None,
        unit=unit,
        speaker=speaker,
        limit=limit,
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
    for hit in results.hits:
        for line in describe(hit):
            say(line)


def _span(written: str) -> tuple[str, str]:
    """The first and the last day that a date means: 2018, 2018-07, 2018年7月, 去年."""
    from datetime import date

    from search.when import span_of

    span = span_of(written.strip(), date.today())
    if span is None or not all(span):
        raise typer.BadParameter(_("{wrong} is no date; write it like 2026-03-09").format(wrong=written))
    return span


def find(query: "Query", home: Path | None) -> "Results":
    """Asks the running service, which knows what is being said just now, else the records themselves."""
    import asyncio

    import msgspec

    from meeting.errors import Disconnected, NoService
    from meeting.stream.messages import Search
    from search.documents import Results
    from ui.cli.remote import give

    def command(new_id: str) -> Search:
        return Search(
            id=new_id,
            query=query.text,
            kind=query.kinds,
            date_from=query.date_from,
            date_to=query.date_to,
            unit=query.unit,
            speaker=query.speaker,
            limit=query.limit,
        )

    try:
        return msgspec.convert(asyncio.run(give(home_at(home), command)), Results)
    except (NoService, Disconnected):
        return records_at(home).library.search(query)


def describe(hit: "Hit") -> list[str]:
    """A hit as lines for a terminal: where it stands, then the passage with its matches in 【】."""
    alike = _("sounds alike") if hit.sounds_alike else ""
    head = "  ".join(part for part in (hit.date, hit_kind(hit.kind), hit.title, hit.item_title, alike) if part)
    text, done = "", 0
    for start, end in hit.highlights:
        text += hit.text[done:start] + "【" + hit.text[start:end] + "】"
        done = end
    text += hit.text[done:]
    return [head, f"    {hit.speaker + '：' if hit.speaker else ''}{text}"]


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
