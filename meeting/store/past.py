"""Minutes that were taken in before, picked by their heading alone: the whole archive is not read for a few of them."""

from collections.abc import Callable

import msgspec
from sqlalchemy import Engine, select

from meeting.store.engine import refusing
from meeting.store.tables import archive
from search.documents import Document


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """What an archived document says of itself."""

    kind: str
    title: str
    date: str = ""
    body: str = ""
    matter: str = ""


def newest_documents(engine: Engine, wanted: Callable[[Heading], bool], limit: int) -> list[Document]:
    """At most `limit` archived documents of which the heading is wanted, the newest first. May raise a StoreError."""
    query = select(archive.c.id, archive.c.body)
    with refusing(engine.url.render_as_string()), engine.connect() as connection:
        rows = connection.execution_options(yield_per=50).execute(query)
        heads = [(msgspec.json.decode(row.body, type=Heading), row.id) for row in rows]
        ids = [key for head, key in sorted(heads, key=lambda pair: pair[0].date, reverse=True) if wanted(head)]
        chosen = connection.execute(query.where(archive.c.id.in_(ids[:limit]))).all()
    bodies = {row.id: row.body for row in chosen}
    return [msgspec.json.decode(bodies[key], type=Document) for key in ids[:limit]]
