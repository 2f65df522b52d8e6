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

    from meeting.ports import Share

    if not share and not plain:
        if address or cert or key:
            raise typer.BadParameter(_("--share-address, --cert and --key go with --share"))
        return None
    try:
        named = str(ipaddress.ip_address(address)) if address is not None else None
    except ValueError as error:
        raise typer.BadParameter(_("--share-address is an address such as 192.168.1.20")) from error
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


def invite(home: "Home") -> list[str]:
    """A new token for the participants of today in the lines that invite them; none where nothing is shared."""
    from meeting.access.grant import CLEARANCE, Grant
    from meeting.records import Records

    if not home.address().shared:
        return []
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
    from meeting.errors import NoService

    try:
        address = home.address()
    except NoService:
        return []
    if not address.shared:
        return []
    import segno

    url = f"{address.shared[0]}#token={token}"
    drawn = io.StringIO()
    segno.make(url, error="m").terminal(out=drawn, compact=True)
    lines = [_("Others look in at:"), *address.shared]
    if address.fingerprint:
        lines.append(_("Fingerprint (SHA-256): {fingerprint}").format(fingerprint=address.fingerprint))
    else:
        lines.append(_("Not encrypted: anybody on the way can read it."))
    return [*lines, *drawn.getvalue().splitlines(), url]
