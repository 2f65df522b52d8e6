"""Tokens of the stream: made once and shown once, kept as a hash alone, for a time, and taken back at will."""

import hashlib
import hmac
import math
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Engine, Row, insert, select, update

from meeting.access.errors import TokenUnknown
from meeting.access.grant import Grant
from meeting.store.engine import refusing, writing
from meeting.store.tables import tokens

TOKEN_BITS = 128
_ID_BYTES = 4


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A token as it is listed: all but the token. Times are UTC, ISO 8601; `expires_at` null is never."""

    id: str
    grant: Grant
    made_at: str
    expires_at: str | None = None
    revoked_at: str | None = None

    def valid(self, now: str) -> bool:
        """Whether it opens anything at that time."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Tokens:
    """Every method may raise a StoreError."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine = engine
        self._clock = clock
        self._name = engine.url.render_as_string()

    def make(self, grant: Grant, lasts: timedelta | None = None) -> tuple[str, Listed]:
        """A new token for what `grant` says, and how it is listed. The token is not kept: this is the only sight of it.

        A random token needs no salt and no slow hash: there is nothing to guess in 128 bits.
        """
        token = secrets.token_hex(TOKEN_BITS // 8)
        now = self._clock()
        listed = Listed(
            id=secrets.token_hex(_ID_BYTES),
            grant=grant,
            made_at=_text(now),
            expires_at=_text(now + lasts) if lasts is not None else None,
        )
        row = {
            "id": listed.id,
            "digest": digest(token),
            "role": grant.role,
            "clearance": grant.clearance,
            "name": grant.name,
            "meeting_id": grant.meeting,
            "item": grant.item,
            "body": grant.body,
            "made_at": listed.made_at,
            "expires_at": listed.expires_at,
        }
        with refusing(self._name), writing(self._engine) as connection:
            connection.execute(insert(tokens), row)
        return token, listed

    def grant_of(self, token: str) -> Grant | None:
        """What a token opens just now; None for one that is wrong, over, or taken back."""
        wanted = digest(token)
        query = select(tokens).where(tokens.c.digest == wanted)
        with refusing(self._name), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        now = _text(self._clock())
        for row in rows:
            if hmac.compare_digest(row.digest, wanted) and (listed := _listed(row)).valid(now):
                return listed.grant
        return None

    def standing(self) -> dict[str, str | None]:
        """The ids of the tokens that open something just now, with when each will be over."""
        now = _text(self._clock())
        return {one.id: one.expires_at for one in self.all() if one.valid(now)}

    def left_s(self, expires_at: str | None) -> float:
        """How many seconds it is until then, by the clock that tokens go by; not above 0 once a token is over."""
        return (
            math.inf
            if expires_at is None
            else (datetime.fromisoformat(expires_at) - self._clock()).total_seconds()
        )

    def all(self) -> list[Listed]:
        """Every token that was ever made, the newest last."""
        with refusing(self._name), self._engine.connect() as connection:
            rows = connection.execute(select(tokens).order_by(tokens.c.made_at, tokens.c.id))
            return [_listed(row) for row in rows]

    def revoke(self, token_id: str) -> None:
        """Takes a token back, for good. Raises TokenUnknown."""
        mine = (tokens.c.id == token_id) & (tokens.c.revoked_at.is_(None))
        with refusing(self._name), writing(self._engine) as connection:
            changed = connection.execute(update(tokens).where(mine).values(revoked_at=_text(self._clock())))
            known = connection.execute(select(tokens.c.id).where(tokens.c.id == token_id)).first()
        if changed.rowcount == 0 and known is None:
            raise TokenUnknown(token=token_id)


def digest(token: str) -> str:
    """The sha256 of a token, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _listed(row: Row[tuple[object, ...]]) -> Listed:
    values = row._asdict()
    grant = Grant(
        role=values["role"],
        clearance=values["clearance"],
        meeting=values["meeting_id"],
        item=values["item"],
        body=values["body"],
        token=values["id"],
        name=values["name"],
    )
    return Listed(
        id=values["id"],
        grant=grant,
        made_at=values["made_at"],
        expires_at=values["expires_at"],
        revoked_at=values["revoked_at"],
    )
