"""Who may look in: tokens made, listed and taken back; what is said shown to an audience; who opened which record."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ui.cli.context import HomeOption, JsonOption, home_at, print_json, records_at, records_to_read, say
from ui.locale import _

if TYPE_CHECKING:
    from meeting.access.tokens import Listed

app = typer.Typer()
tokens = typer.Typer(help=_("Tokens: who else may look into a meeting, and for how long."), no_args_is_help=True)
app.add_typer(tokens, name="tokens")

RoleOption = Annotated[
    Literal["secretary", "display", "participant", "archivist"],
    typer.Option("--role", help=_("What the bearer may see and do.")),
]


@tokens.command("new", help=_("Makes a token and prints it, this once."))
def new_token(
    role: RoleOption,
    name: Annotated[str, typer.Option("--name", help=_("Whose it is; stands in the log of openings."))] = "",
    meeting: Annotated[str | None, typer.Option("--meeting", help=_("Only for this meeting."))] = None,
    item: Annotated[int | None, typer.Option("--item", min=1, help=_("Only for this item of it."))] = None,
    body: Annotated[str | None, typer.Option("--body", help=_("Only for meetings of this body."))] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="8h", help=_("How long it is good: 30m, 8h, 7d."))
    ] = None,
    clearance: Annotated[
        Literal["公开", "内部", "秘密", "机密", "绝密"] | None,
        typer.Option("--clearance", help=_("How high what it shows may be classified; 内部 if not said.")),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.access.grant import CLEARANCE, Grant
    from meeting.access.lifetime import lifetime
    from ui.cli.sharing import invitation

    lasts = lifetime(expires) if expires is not None else None
    records = records_at(home)
    if item is not None and meeting is None:
        raise typer.BadParameter(_("--item needs --meeting: items have numbers in each meeting"))
    grant = Grant(
        role=role,
        clearance=clearance or CLEARANCE[role],
        meeting=records.meetings.get(meeting).id if meeting is not None else None,
        item=item,
        body=body,
        name=name,
    )
    token, listed = records.tokens.make(grant, lasts)
    if json:
        print_json({"id": listed.id, "token": token, "expires_at": listed.expires_at})
        return
    # For eyes, the address holds it; for a program, it stands alone.
    shown = invitation(home_at(home), token) if sys.stdout.isatty() else []
    for line in shown or [token]:
        say(line)


@tokens.command("list", help=_("Shows the tokens that were made; never the tokens themselves."))
def list_tokens(home: HomeOption = None, json: JsonOption = False) -> None:
    listed = records_to_read(home).tokens.all()
    if json:
        print_json({"tokens": listed})
        return
    if not listed:
        say(_("No token was made. Begin with `meeting tokens new --role participant`."))
    for one in listed:
        say(_line(one))


def _line(one: "Listed") -> str:
    from datetime import UTC, datetime

    grant = one.grant
    scope = " ".join(filter(None, (grant.meeting, grant.body, str(grant.item or ""), grant.clearance, grant.name)))
    if one.revoked_at is not None:
        state = _("taken back")
    elif not one.valid(datetime.now(UTC).isoformat(timespec="milliseconds")):
        state = _("over")
    else:
        state = _("good until {time}").format(time=one.expires_at) if one.expires_at else _("good")
    return f"{one.id}  {grant.role}  {scope}  {state}"


@tokens.command("revoke", help=_("Takes a token back; whoever uses it just now is shown out."))
def revoke_token(
    token_id: Annotated[str, typer.Argument(metavar="ID", help=_("As `meeting tokens list` shows it."))],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    records_at(home).tokens.revoke(token_id)
    if json:
        print_json({"id": token_id})
    else:
        say(_("The token {token} opens nothing any more.").format(token=token_id))


@tokens.command("log", help=_("Shows who has opened the record of a meeting or its sound, and when."))
def log_of_openings(
    meeting: Annotated[str | None, typer.Argument(metavar="[MEETING]")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    records = records_to_read(home)
    found = records.openings.of(records.meetings.get(meeting).id if meeting is not None else None)
    if json:
        print_json({"openings": found})
        return
    what = {"record": _("record"), "sound": _("sound")}
    for one in found:
        say(f"{one.at}  {one.meeting}  {what[one.what]}  {one.who}")


@app.command(help=_("Shows what is said on the room's display or to participants, or (--off) no longer."))
def share(
    audience: Annotated[Literal["display", "participants"], typer.Argument(metavar="display|participants")],
    off: Annotated[bool, typer.Option("--off", help=_("No longer."))] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    import asyncio

    from meeting.stream.messages import Share
    from ui.cli.remote import give

    def command(new_id: str) -> Share:
        return Share(id=new_id, audience=audience, transcript=not off)

    result = asyncio.run(give(home_at(home), command))
    if json:
        print_json(result)
    elif off:
        say(_("What is said is not shown there any more."))
    else:
        say(_("What is said is shown there from now on."))
