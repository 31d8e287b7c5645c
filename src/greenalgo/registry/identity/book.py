"""The book: what a registry keeps of tokens, trusted publishers, their keys and blind deposits.

In a database it is in tables beside the log. A directory store has it in an SQLite file that git does not take.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select, update

from greenalgo.errors import RegistryError
from greenalgo.registry.identity.keys import LASTS, READ, SIGNS, new_key
from greenalgo.registry.identity.people import Account, Person
from greenalgo.registry.identity.tokens import Token, admit, digest_of, id_in
from greenalgo.registry.store.directory import HIDDEN, DirectoryStore
from greenalgo.registry.store.files import place
from greenalgo.registry.store.sql.engine import (
    open_engine,
    overwrite,
    reading,
    securely,
    writing,
)
from greenalgo.registry.store.sql.schema import find, prepare
from greenalgo.registry.store.sql.tables import (
    HEAD,
    accounts,
    deposits,
    issuers,
    publishers,
    session_keys,
    sessions,
    tokens,
    used_ids,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine, Row

    from greenalgo.registry.identity.who import Identity
    from greenalgo.registry.store import Store


#: The book of a directory, in the folder that git does not take.
BOOK = "book.db"


class Issuer(NamedTuple):
    """A CI service whose tokens are taken, with its public keys.

    Attributes:
        issuer: What its tokens say under ``iss``, exactly.
        kind: ``github`` or ``gitlab``.
        keys: Its key set (RFC 7517), as JSON text.
        fetched_at: When the keys were fetched, UTC.
    """

    issuer: str
    kind: str
    keys: str
    fetched_at: datetime


class Publisher(NamedTuple):
    """A repository whose CI may submit.

    Attributes:
        id: Ten hexadecimal digits.
        issuer: The CI service.
        repository_id: The repository's number (GitLab: of the project); names can be taken over.
        owner_id: The owner's number (GitLab: of the namespace).
        workflow: The file of the workflow, from the repository's root.
        ref: The branch or tag, ``refs/heads/main``; empty for any.
        name: ``owner/repository`` when it was registered, for people.
        made_at: When, UTC.
    """

    id: str
    issuer: str
    repository_id: str
    owner_id: str
    workflow: str
    ref: str
    name: str
    made_at: datetime


class Book:
    """The book of a registry.

    Args:
        engine: The database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_token(self, token: Token) -> None:
        """Keep a token. Those of CI services that expired a day ago are forgotten."""
        row = {**token._asdict(), "scopes": " ".join(sorted(token.scopes))}
        for name in ("made_at", "expires_at", "used_on", "revoked_at"):
            row[name] = None if row[name] is None else _seconds(row[name])
        old = _seconds(token.made_at) - 24 * 3600
        with writing(self._engine) as connection:
            gone = tokens.c.actor.startswith("ci:") & (tokens.c.expires_at < old)
            connection.execute(delete(tokens).where(gone))
            connection.execute(insert(tokens).values(row))

    def tokens(self, actor: str = "") -> tuple[Token, ...]:
        """Return the tokens of an actor, or all, the oldest first."""
        wanted = select(tokens).order_by(tokens.c.made_at, tokens.c.id)
        if actor:
            wanted = wanted.where(tokens.c.actor == actor)
        with reading(self._engine) as connection:
            return tuple(map(_token, connection.execute(wanted)))

    def token(self, public: str) -> Token:
        """Return a token by its id.

        Raises:
            RegistryError: There is none with this id.
        """
        token = self._find_token(public)
        if token is None:
            raise RegistryError(
                f"there is no token {public}", hint="greenalgo registry token list shows all"
            )
        return token

    def _find_token(self, public: str) -> Token | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(tokens).where(tokens.c.id == public)).first()
        return None if row is None else _token(row)

    def revoke(self, public: str, at: datetime) -> Token:
        """Revoke a token, for good; one that is revoked already stays as it is.

        Raises:
            RegistryError: There is none with this id.
        """
        with writing(self._engine) as connection:
            still = (tokens.c.id == public) & tokens.c.revoked_at.is_(None)
            connection.execute(update(tokens).where(still).values(revoked_at=_seconds(at)))
        return self.token(public)

    def identify(self, text: str, at: datetime) -> Identity:
        """Return who a token stands for, and note the day of its use.

        Raises:
            DeniedError: It is unknown, expired or revoked.
        """
        public = id_in(text)
        token = self._find_token(public) if public else None
        identity = admit(text, token, at)
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        if token is not None and token.used_on != day:  # one write a day, not one a request
            with writing(self._engine) as connection:
                used = update(tokens).where(tokens.c.id == public)
                connection.execute(used.values(used_on=_seconds(day)))
        return identity

    def account(self, person: Person, at: datetime) -> Account:
        """Return the account of somebody who signed in; made where they come for the first time."""
        same = (accounts.c.issuer == person.issuer) & (accounts.c.subject == person.subject)
        # One writer at a time: who is not there now is not there when they are written.
        with writing(self._engine) as connection:
            connection.execute(update(accounts).where(same).values(name=person.name))
            row = connection.execute(select(accounts).where(same)).first()
            if row is None:
                new = {"id": secrets.token_hex(8), **person._asdict(), "made_at": _seconds(at)}
                connection.execute(insert(accounts).values(new))
                row = connection.execute(select(accounts).where(same)).one()
        return _account(row)

    def begin_session(self, account: Account, at: datetime) -> str:
        """Begin a session of somebody who signed in; those that are too old are forgotten.

        Returns:
            The secret that stands for it. Its hash alone is kept.
        """
        secret = secrets.token_urlsafe(32)
        row = {"hash": digest_of(secret), "account": account.id, "since": _seconds(at)}
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.since <= _seconds(at - LASTS)))
            connection.execute(insert(sessions).values(row))
        return secret

    def account_in(self, session: str, at: datetime) -> Account | None:
        """Return whose session it is; None where it ended, or they were forgotten.

        Args:
            session: Its secret.
            at: The time, UTC.
        """
        same = (sessions.c.hash == digest_of(session)) & (sessions.c.since > _seconds(at - LASTS))
        wanted = select(accounts).join(sessions, sessions.c.account == accounts.c.id).where(same)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).first()
        return None if row is None else _account(row)

    def end_session(self, session: str) -> None:
        """End a session, in whatever browsers its secret is."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.hash == digest_of(session)))

    def forget(self, account: Account, at: datetime) -> None:
        """Forget a person: iD and name go, their tokens hold no more, the log keeps the opaque id."""
        own = (tokens.c.actor == account.actor) & tokens.c.revoked_at.is_(None)
        with writing(self._engine) as connection:
            connection.execute(update(tokens).where(own).values(revoked_at=_seconds(at)))
            connection.execute(delete(sessions).where(sessions.c.account == account.id))
            connection.execute(delete(accounts).where(accounts.c.id == account.id))

    def add_publisher(self, publisher: Publisher) -> str:
        """Keep a trusted publisher; where it is trusted already, only once, or removing one would leave the other.

        Returns:
            The id under which it is kept.
        """
        row = {**publisher._asdict(), "made_at": _seconds(publisher.made_at)}
        p = publishers.c
        same = [
            p[name] == row[name]
            for name in ("issuer", "repository_id", "owner_id", "workflow", "ref")
        ]
        with writing(self._engine) as connection:
            there = connection.execute(select(p.id).where(*same)).scalar()
            if there is None:
                connection.execute(insert(publishers).values(row))
        return there or publisher.id

    def publishers(self, issuer: str = "") -> tuple[Publisher, ...]:
        """Return the trusted publishers, of one issuer or of all."""
        wanted = select(publishers).order_by(publishers.c.made_at, publishers.c.id)
        if issuer:
            wanted = wanted.where(publishers.c.issuer == issuer)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(
            Publisher(**{**row._mapping, "made_at": _moment(row.made_at)})  # noqa: SLF001
            for row in rows
        )

    def remove_publisher(self, public: str, at: datetime) -> None:
        """Remove a trusted publisher; tokens that were minted for its repository are revoked.

        Raises:
            RegistryError: There is none with this id.
        """
        with writing(self._engine) as connection:
            removed = connection.execute(delete(publishers).where(publishers.c.id == public))
            if not removed.rowcount:
                raise RegistryError(
                    f"there is no publisher {public}",
                    hint="greenalgo registry publisher list shows all",
                )
            minted = (tokens.c.made_by == f"publisher:{public}") & tokens.c.revoked_at.is_(None)
            connection.execute(update(tokens).where(minted).values(revoked_at=_seconds(at)))

    def set_issuer(self, issuer: Issuer) -> None:
        """Keep the keys of a CI service in place of those before."""
        row = {**issuer._asdict(), "fetched_at": _seconds(issuer.fetched_at)}
        with writing(self._engine) as connection:
            connection.execute(delete(issuers).where(issuers.c.issuer == issuer.issuer))
            connection.execute(insert(issuers).values(row))

    def issuers(self) -> tuple[Issuer, ...]:
        """Return the CI services whose keys are known."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(issuers).order_by(issuers.c.issuer)).all()
        return tuple(
            Issuer(row.issuer, row.kind, row.keys, _moment(row.fetched_at)) for row in rows
        )

    def use(self, issuer: str, jti: str, expires_at: datetime, at: datetime) -> bool:
        """Note that a CI token is used; False where it was used before, by whichever process.

        Args:
            issuer: Its issuer.
            jti: Its id.
            expires_at: Until when the id has to be remembered, UTC.
            at: The time, UTC.
        """
        row = {"issuer": issuer, "jti": jti, "expires_at": _seconds(expires_at)}
        same = (used_ids.c.issuer == issuer) & (used_ids.c.jti == jti)
        # One writer at a time: what is not there now is not there when it is written.
        with writing(self._engine) as connection:
            connection.execute(delete(used_ids).where(used_ids.c.expires_at < _seconds(at)))
            if connection.execute(select(used_ids.c.jti).where(same)).first():
                return False
            connection.execute(insert(used_ids).values(row))
            return True

    def session_keys(self, at: datetime) -> tuple[str, ...]:
        """Return the keys of sessions, the newest first; one that signed long enough gets a successor."""
        newest_first = select(session_keys).order_by(session_keys.c.made_at.desc())
        due, gone = _seconds(at - SIGNS), _seconds(at - SIGNS - READ)
        with reading(self._engine) as connection:
            rows = connection.execute(newest_first).all()
        if not rows or rows[0].made_at <= due:
            # One writer at a time: of several processes that find one due, the first makes it.
            with writing(self._engine) as connection:
                connection.execute(delete(session_keys).where(session_keys.c.made_at <= gone))
                rows = connection.execute(newest_first).all()
                if not rows or rows[0].made_at <= due:
                    new = {"secret": new_key(), "made_at": _seconds(at)}
                    connection.execute(insert(session_keys).values(new))
                    rows = connection.execute(newest_first).all()
        return tuple(str(row.secret) for row in rows if row.made_at > gone)

    def end_sessions(self) -> None:
        """End the sessions of everybody, and drop the keys that they are signed with."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions))
            connection.execute(delete(session_keys))

    def add_deposit(self, commitment: str, review_hash: str, body: bytes) -> None:
        """Keep the body of a blind deposit."""
        row = {"commitment": commitment, "review_hash": review_hash, "body": body}
        with writing(self._engine) as connection:
            connection.execute(insert(deposits).values(row))

    def deposit(self, *, commitment: str = "", review_hash: str = "") -> tuple[str, bytes] | None:
        """Return commitment and body of a deposit, by either of its names; None where there is none.

        The body is empty once the deposit was revealed or withdrawn.
        """
        named = deposits.c.commitment == commitment
        if review_hash:
            named = deposits.c.review_hash == review_hash
        with reading(self._engine) as connection:
            row = connection.execute(select(deposits).where(named)).first()
        return None if row is None else (row.commitment, bytes(row.body))

    def close_deposit(self, commitment: str) -> None:
        """Forget the body of a deposit that was revealed or withdrawn; its address for reviewers stays."""
        with writing(self._engine) as connection:
            wanted = update(deposits).where(deposits.c.commitment == commitment)
            connection.execute(wanted.values(body=b""))

    def erase(self, digest: str) -> int:
        """Forget the bodies of blind deposits of a statement that was erased; return how many there were.

        Nothing in the log links them to it. Their commitments stay, as those of deposits that nobody can reveal any
        more: an erased statement is never published again.
        """
        with reading(self._engine) as connection:
            kept = connection.execute(select(deposits.c.commitment, deposits.c.body))
            found = [
                row.commitment for row in kept if sha256(bytes(row.body)).hexdigest() == digest
            ]
        if found:
            with writing(self._engine) as connection:
                securely(connection)
                connection.execute(delete(deposits).where(deposits.c.commitment.in_(found)))
            overwrite(self._engine)
        return len(found)


def erase_deposits(store: Store, digest: str) -> int:
    """Do :meth:`Book.erase` for a registry, where it has a book; return how many deposits there were."""
    with find_book(store) as book:
        return book.erase(digest) if book else 0


@contextmanager
def find_book(store: Store) -> Iterator[Book | None]:
    """Open the book of a registry where it has one; a directory gets it with its first token, publisher or deposit."""
    if isinstance(store, DirectoryStore) and not os.path.isfile(_path(store)):
        yield None
        return
    with open_book(store) as book:
        yield book


@contextmanager
def open_book(store: Store) -> Iterator[Book]:
    """Open the book of a registry; made where it does not exist.

    That of a directory is brought to the newest schema: nobody but this program knows of the file. It is not copied
    beside, for a copy would keep what is to be forgotten.

    Args:
        store: The registry. A database lends its engine.

    Raises:
        CannotCheckError: It cannot be opened.
    """
    if not isinstance(store, DirectoryStore):
        from greenalgo.registry.store.sql import SqlStore

        if not isinstance(store, SqlStore):
            raise RegistryError(f"the registry '{store.url}' keeps no tokens")
        yield Book(store.engine)
        return
    path = _path(store)
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    place(os.path.join(folder, ".gitignore"), b"*\n", folder)
    url = f"sqlite:///{path}"
    engine = open_engine(url)
    try:
        if "" < find(engine) < HEAD:
            # Imported here: Alembic is for a book of an older greenalgo alone.
            from greenalgo.registry.store.sql.upgrade import upgrade

            upgrade(url, copied=False)
        prepare(engine, create=True)
        yield Book(engine)
    finally:
        engine.dispose()


def _path(store: DirectoryStore) -> str:
    return os.path.join(store.url, HIDDEN, "private", BOOK)


def _account(row: Row[Any]) -> Account:
    return Account(row.id, Person(row.issuer, row.subject, row.name), _moment(row.made_at))


def _token(row: Row[Any]) -> Token:
    used, revoked = row.used_on, row.revoked_at
    return Token(
        row.id, row.hash, row.name, row.actor, frozenset(row.scopes.split()), row.made_by,
        _moment(row.made_at), _moment(row.expires_at),
        None if used is None else _moment(used), None if revoked is None else _moment(revoked),
    )  # fmt: skip


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
