"""Imported documents, kept as the index needs them, so that the index can be rebuilt without the files."""

from datetime import UTC, datetime

import msgspec
from sqlalchemy import Engine, delete, func, insert, select

from meeting.store.engine import refusing, writing
from meeting.store.tables import archive
from search.documents import Document


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

    def count(self) -> int:
        """How many documents were imported."""
        with refusing(self._name), self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(archive)).scalar_one())

    def documents(self) -> list[Document]:
        """Every imported document."""
        with refusing(self._name), self._engine.connect() as connection:
            bodies = connection.execute(select(archive.c.body).order_by(archive.c.imported_at)).scalars().all()
        return [msgspec.json.decode(body, type=Document) for body in bodies]
