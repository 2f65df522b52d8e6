"""Offering a service on the network: its options, and what is shown to those who are invited."""

import io
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.locale import _

if TYPE_CHECKING:
    from meeting.home import Home
    from meeting.ports import Share

INVITED_FOR = timedelta(hours=12)

ShareOption = Annotated[
    bool,
    typer.Option("--share", help=_("Let others on the network look in, encrypted; shows address and QR code.")),
]
SharePlainOption = Annotated[
    bool, typer.Option("--share-plain", help=_("The same without encryption: anybody on the way can read it."))
]
ShareAddressOption = Annotated[
    str | None, typer.Option("--share-address", metavar="IP", help=_("Share at this address of the machine only."))
]
CertOption = Annotated[
    Path | None, typer.Option("--cert", metavar="FILE", help=_("The office's certificate (PEM), for --share."))
]
KeyOption = Annotated[Path | None, typer.Option("--key", metavar="FILE", help=_("The key of --cert (PEM)."))]
FingerprintOption = Annotated[
    str | None,
    typer.Option(
        "--fingerprint", metavar="AB:CD:…", help=_("Of the certificate that is trusted at a wss:// address.")
    ),
]


def share_of(share: bool, plain: bool, address: str | None, cert: Path | None, key: Path | None) -> "Share | None":
    """How the service is offered on the network; None when it is not. Raises: BadParameter."""
    import ipaddress

    from meeting.ports import LOOPBACK, Share

    if not share and not plain:
        if address or cert or key:
            raise typer.BadParameter(_("--share-address, --cert and --key go with --share"))
        return None
    try:
        given = ipaddress.ip_address(address) if address is not None else None
    except ValueError as error:
        raise typer.BadParameter(_("--share-address is an address such as 192.168.1.20")) from error
    if given is not None and (given.is_unspecified or given.is_multicast or str(given) == LOOPBACK):
        # Nobody reaches the service at such an address: it would stand in the invitation and in the certificate.
        raise typer.BadParameter(_("--share-address is an address such as 192.168.1.20"))
    named = str(given) if given is not None else None
    return Share(
        address=named,
        certificate=cert.absolute() if cert else None,
        key=key.absolute() if key else None,
        plain=plain,
    )


def arguments_of(share: "Share | None") -> list[str]:
    """The same as options of `meeting serve`."""
    if share is None:
        return []
    found = ["--share-plain" if share.plain else "--share", "--quiet-share"]
    for option, value in (("--share-address", share.address), ("--cert", share.certificate), ("--key", share.key)):
        found += [option, str(value)] if value is not None else []
    return found


def invite(home: "Home", terminal: bool) -> list[str]:
    """The lines that invite the participants of today, with a new token; none where nothing is shared.

    A token is for eyes: what is not a `terminal` may be a log, which gets the address alone.
    """
    from meeting.access.grant import CLEARANCE, Grant
    from meeting.records import Records

    if not home.address().shared:
        return []
    if not terminal:
        return [*_ways_in(home), _("`meeting tokens new --role participant` makes a token to go in with.")]
    records = Records(home)
    try:
        grant = Grant(role="participant", clearance=CLEARANCE["participant"], name="QR")
        token, _listed = records.tokens.make(grant, INVITED_FOR)
    finally:
        records.close()
    return invitation(home, token)


def invitation(home: "Home", token: str) -> list[str]:
    """Address, fingerprint and QR code for the bearer of a token; empty where no service is shared.

    The token stands in the fragment of the address: a browser never sends that to anybody.
    """
    lines = _ways_in(home)
    if not lines:
        return []
    import segno

    url = f"{home.address().shared[0]}#token={token}"
    drawn = io.StringIO()
    segno.make(url, error="m").terminal(out=drawn, compact=True)
    return [*lines, *drawn.getvalue().splitlines(), url]


def _ways_in(home: "Home") -> list[str]:
    from meeting.errors import NoService

    try:
        address = home.address()
    except NoService:
        return []
    if not address.shared:
        return []
    if address.fingerprint:
        shown = _("Fingerprint (SHA-256): {fingerprint}").format(fingerprint=address.fingerprint)
    else:
        shown = _("Not encrypted: anybody on the way can read it.")
    return [_("Others look in at:"), *address.shared, shown]
