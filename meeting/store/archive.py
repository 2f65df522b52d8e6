"""Imported documents, kept as the index needs them, so that the index can be rebuilt without the files."""

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Engine, delete, func, insert, select, update

from meeting.store.engine import refusing, writing
from meeting.store.tables import archive
from search.documents import Document, Kind, Owed
from search.extract.decisions import MinutesDecision
from search.extract.doubts import Doubt
from search.extract.reading import Extracted
from search.extract.tasks import MinutesTask

# How a document that still has questions looks in the store: a quotation mark in its text would be escaped.
_ASKING = '%"doubts":[{%'

_CHANGED = timedelta(microseconds=1)


class Archived(Document, frozen=True, kw_only=True):
    """An imported document with what its layout says of the meeting, and what a person is still asked.

    `answers` are what people have said, by field, as they wrote it.
    """

    place: str = ""
    chair: str = ""
    recorder: str = ""
    attendees: tuple[str, ...] = ()
    observers: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    decisions: tuple[MinutesDecision, ...] = ()
    tasks: tuple[MinutesTask, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    answers: dict[str, str] = {}

    @classmethod
    def of(cls, found: Extracted, id_: str, source: str) -> "Archived":
        """What a file says, as it is kept."""
        document = found.document(id_, source)
        values = {name: getattr(document, name) for name in Document.__struct_fields__}
        minutes = found.minutes
        if minutes is not None:
            for name in ("place", "chair", "recorder", "attendees", "observers", "excused", "decisions", "tasks"):
                values[name] = getattr(minutes, name)
        return cls(**values, doubts=found.doubts)


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """The head of an archived document that a person is asked about."""

    id: str
    kind: Kind
    title: str
    date: str = ""
    body: str = ""
    source: str | None = None
    doubts: tuple[Doubt, ...] = ()


class _Graded(msgspec.Struct):
    id: str
    classification: str = ""


def plain(document: Archived) -> Document:
    """What the index takes of it."""
    values = {name: getattr(document, name) for name in Document.__struct_fields__}
    return Document(**values | {"owed": tuple(Owed(task.due) for task in document.tasks)})


class ArchiveStore:
    """Every method may raise a StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._name = engine.url.render_as_string()

    def has(self, content_id: str) -> bool:
        """Whether a file of this content (sha256) was imported before."""
        with refusing(self._name), self._engine.connect() as connection:
            query = select(archive.c.id).where(archive.c.id == content_id)
            return connection.execute(query).first() is not None

    def put(self, content_id: str, path: str, document: Document) -> None:
        """Stores or replaces one imported document."""
        row = {
            "id": content_id,
            "path": path,
            "imported_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "body": msgspec.json.encode(document).decode(),
        }
        with refusing(self._name), writing(self._engine) as connection:
            connection.execute(delete(archive).where(archive.c.id == content_id))
            connection.execute(insert(archive), row)

    def asking(self) -> list[tuple[str, Asking]]:
        """The documents that a person is asked about, by the sha256 of their content, as they were imported."""
        query = select(archive.c.id, archive.c.body).where(archive.c.body.like(_ASKING))
        with refusing(self._name), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(archive.c.imported_at, archive.c.id)).all()
        return [(row.id, msgspec.json.decode(row.body, type=Asking)) for row in rows]

    def get(self, content_id: str) -> Archived:
        """One imported document. Raises KeyError for content that was not imported."""
        with refusing(self._name), self._engine.connect() as connection:
            query = select(archive.c.body).where(archive.c.id == content_id)
            body = connection.execute(query).scalar_one_or_none()
        if body is None:
            raise KeyError(content_id)
        return msgspec.json.decode(body, type=Archived)

    def by_id(self, document_id: str) -> Archived | None:
        """An imported document by the id that the index has of it (`file:` and the beginning of its sha256)."""
        begins = archive.c.id.startswith(document_id.removeprefix("file:"), autoescape=True)
        with refusing(self._name), self._engine.connect() as connection:
            bodies = connection.execute(select(archive.c.body).where(begins).limit(2)).scalars().all()
        found = [msgspec.json.decode(body, type=Archived) for body in bodies]
        return next((one for one in found if one.id == document_id), None)

    def change(self, content_id: str, document: Archived) -> None:
        """Replaces what is kept of a document, which stays imported in the second in which it was.

        A microsecond more tells whoever keeps something of it that it has changed.
        """
        body = msgspec.json.encode(document).decode()
        here = archive.c.id == content_id
        with refusing(self._name), writing(self._engine) as connection:
            at = connection.execute(select(archive.c.imported_at).where(here)).scalar_one_or_none()
            if at is not None:
                later = (datetime.fromisoformat(at) + _CHANGED).isoformat()
                connection.execute(update(archive).where(here).values(body=body, imported_at=later))

    def state(self) -> tuple[int, str]:
        """Something that changes when a document is imported or taken out."""
        query = select(func.count(), func.coalesce(func.max(archive.c.imported_at), "")).select_from(archive)
        with refusing(self._name), self._engine.connect() as connection:
            count, newest = connection.execute(query).one()
        return int(count), str(newest)

    def grades(self) -> list[tuple[str, str]]:
        """The classification of each imported document that has one, by the document's id."""
        query = select(archive.c.body).where(archive.c.body.not_like('%"classification":""%'))
        with refusing(self._name), self._engine.connect() as connection:
            heads = [msgspec.json.decode(body, type=_Graded) for body in connection.execute(query).scalars()]
        return [(one.id, one.classification) for one in heads if one.classification]

    def count(self) -> int:
        """How many documents were imported."""
        with refusing(self._name), self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(archive)).scalar_one())

    def documents(self) -> list[Document]:
        """Every imported document."""
        return [plain(document) for document in self.whole()]

    def whole(self) -> list[Archived]:
        """Every imported document with what its layout says of the meeting."""
        with refusing(self._name), self._engine.connect() as connection:
            bodies = connection.execute(select(archive.c.body).order_by(archive.c.imported_at)).scalars().all()
        return [msgspec.json.decode(body, type=Archived) for body in bodies]
