"""What the rules are not sure of in a file; a person answers."""

from typing import Literal

import msgspec

from models.refusal import N_

Field = Literal["title", "date", "body", "kind", "items", "attendees", "decisions", "tasks", "pages"]

TITLE_FROM_NAME = N_("no line looks like a title; the name of the file was taken")
DATE_MISSING = N_("no date was found")
DATE_INCOMPLETE = N_("the date is not whole")
DATE_IN_TEXT = N_("the date stands only in the text and may be that of something else")
BODY_MISSING = N_("the title does not say whose minutes these are")
KIND_UNCLEAR = N_("it has people and places as minutes have, but no title of minutes")
ITEMS_BROKEN = N_("the numbers of the items do not follow one another")
ITEMS_NUMBERED_OTHERWISE = N_(
    "the items are not numbered 一、二、; points within one item may have been taken for items"
)
ATTENDEES_MISSING = N_("there is a line for who was there, but no name in it")
OUTCOME_UNCLEAR = N_("a sentence seems to decide more than one thing")
TASK_UNDATED = N_("it is not sure by which day these are to be done")
PAGES_OF_PICTURES = N_("these pages are pictures without text")


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be asked. `reason` is one of the sentences above (English; whoever shows it translates).

    `found` is what stands in the archive for now, empty for nothing; `candidates` are what the file offers.
    """

    field: Field
    reason: str
    found: str = ""
    candidates: tuple[str, ...] = ()
