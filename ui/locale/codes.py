"""Codes of the wire that errors carry as facts; each is its own message id."""

from models.refusal import N_

ROLES = (N_("secretary"), N_("display"), N_("participant"), N_("archivist"))
ITEM_STATES = (
    N_("draft"),
    N_("scheduled"),
    N_("next"),
    N_("ongoing"),
    N_("completed"),
    N_("withdrawn"),
    N_("deferred"),
)
