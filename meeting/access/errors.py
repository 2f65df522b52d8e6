"""What access refuses, each sentence with what to do."""

from meeting.errors import MeetingError
from models.refusal import N_


class AccessError(MeetingError):
    """The root of this tree."""


class TokenUnknown(AccessError):
    """No token is listed under this id."""

    code = "token_unknown"
    template = N_("No token is listed under {token}. `meeting tokens list` shows what is. Nothing was changed.")


class LifetimeUnfit(AccessError):
    """How long a token lasts, said in a way that is not understood."""

    code = "lifetime_unfit"
    template = N_("“{given}” is no length of time. Give it as 30m, 8h or 7d. No token was made.")
    exit_code = 2


class GradeUnreadable(AccessError):
    """The administrator's configuration does not say what the grade of this machine is."""

    code = "grade_unreadable"
    template = N_(
        "The configuration {file} cannot be used: {why}. Nothing of 秘密 or above is taken in until the "
        "administrator has corrected it."
    )


class NetworkClosed(AccessError):
    """What is 秘密 or above is never served on a network."""

    code = "network_closed"
    template = N_(
        "This machine is declared for {grade}: its service opens no network port, so nothing can be shared. "
        "Run it without --share."
    )


class HeldClosed(AccessError):
    """The same where no grade is declared any more, yet something of that kind is stored."""

    code = "held_closed"
    template = N_(
        "What is stored in {home} is classified up to {classification}: its service opens no network port, so nothing "
        "can be shared. Run it without --share, or share another home."
    )


class PortsOpen(AccessError):
    """The service of the home was started before its machine's grade was declared, and answers on a port."""

    code = "ports_open"
    template = N_(
        "{file} is classified {classification}, and the service that runs here answers on a network port. End that "
        "service and try again: the next one opens none. Nothing was stored or begun."
    )


class SocketPathLong(AccessError):
    """The system has no room for the address of a Unix socket so deep down."""

    code = "socket_path_long"
    template = N_("The path {path} is too long for a Unix socket. Choose a folder nearer to the top with --home.")


class NoNetwork(AccessError):
    """No address that others could reach."""

    code = "no_network"
    template = N_(
        "This machine has no network address that others could reach. Connect it, or run without --share."
    )


class CertificateUnfit(AccessError):
    """A certificate or key that cannot be used."""

    code = "certificate_unfit"
    template = N_("The certificate {file} cannot be used: {why}. Nothing was opened on the network.")
    exit_code = 2


class FingerprintDiffers(AccessError):
    """Another service answers than the one that was meant, or somebody stands in between."""

    code = "fingerprint_differs"
    template = N_(
        "The service at {url} has another fingerprint than the one given. Nothing was sent to it. "
        "Compare with what the secretary's screen shows."
    )


class CertificateUntrusted(AccessError):
    """The certificate of a service is its own, or nobody's who is known here."""

    code = "certificate_untrusted"
    template = N_(
        "The certificate of {url} is signed by nobody known here. Nothing was sent. If it is the service's own, "
        "give --fingerprint as the secretary's screen shows it."
    )
