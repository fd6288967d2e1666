"""Checks an installation and names the remedy for each fault."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from hub.dispatch.registry import registered, set_up
from hub.people import staff_contacts
from hub.people.sealed_contacts import check
from hub.process.addresses import recorded
from hub.process.up import answers
from hub.sealing.keys import UnusableKey, load_sealer
from hub.settings import HubSettings
from store.database.connection import Connection, connect
from store.database.migrate import is_current, storage
from store.embedded.data_directory import MINIMUM_FREE_BYTES
from store.embedded.errors import NotRunning
from store.notices import push_subscriptions
from store.people import users


@dataclass(frozen=True)
class Finding:
    """What was looked at; `remedy` is None where nothing is wrong.

    Where `may_stay`, it is no fault, but worth doing before the estate depends on it.
    """

    what: str
    remedy: str | None = None
    may_stay: bool = False

    @property
    def word(self) -> str:
        if self.remedy is None:
            return "ok"
        return "note" if self.may_stay else "FAULT"


def examine(home: Path, database_url: Callable[[], str]) -> list[Finding]:
    """Look at the disk, the database and what is sealed in it, the channels and the console."""
    settings = HubSettings(data_dir=home)
    database = _database(database_url, settings)
    return [_disk(home), *database, *_channels(settings), _console(home)]


def _disk(home: Path) -> Finding:
    folder = next(part for part in (home, *home.parents) if part.exists())
    free = shutil.disk_usage(folder).free
    what = f"disk of {home}: {free // 2**20} MiB free"
    if free >= MINIMUM_FREE_BYTES:
        return Finding(what)
    return Finding(what, f"make room for {MINIMUM_FREE_BYTES // 2**20} MiB, or use another --data")


def _database(database_url: Callable[[], str], settings: HubSettings) -> list[Finding]:
    try:
        with connect(database_url(), name="doctor") as db:
            found = [Finding(f"database: {storage(db)}")]
            if not is_current(db):
                remedy = "bring it up to date with `gatehouse migrate`"
                return [*found, Finding("schema: not the one of this version", remedy)]
            return [
                *found,
                Finding("schema: current"),
                _contacts(db, settings),
                _staff(db, settings),
            ]
    except NotRunning as reason:
        return [Finding("database: none", str(reason))]
    except psycopg.OperationalError as reason:
        return [
            Finding(
                f"database: {str(reason).strip().splitlines()[0]}",
                "start it, or correct GATEHOUSE_DATABASE_URL",
            )
        ]


def _contacts(db: Connection, settings: HubSettings) -> Finding:
    """Whether every contact of households and staff opens, and none is left readable."""
    try:
        sealer = load_sealer(settings, make=False)
    except UnusableKey as unusable:
        return Finding("contacts: their key cannot be used", str(unusable))
    found = check(db, sealer)
    what = f"contacts: {found.contacts - found.unreadable} of {found.contacts} open"
    if found.closed is not None:
        return Finding(what, f"{found.closed}; in GATEHOUSE_CONTACT_KEYS or contact.keys")
    if members := staff_contacts.closed(db, sealer):
        return Finding(
            f"{what}, but not those of {', '.join(members)}",
            "give the key back that sealed them, in GATEHOUSE_CONTACT_KEYS or contact.keys, "
            "or enter them anew",
        )
    if found.plain:
        return Finding(
            f"{what}, {found.plain} more can be read by anybody with the database",
            "start a hub of this version, which seals them",
        )
    return Finding(what)


def _staff(db: Connection, settings: HubSettings) -> Finding:
    """Whether anybody can be called who does not look at the console."""
    members = [member for member in users.staff(db) if member.disabled_at is None]
    browsers = push_subscriptions.with_browser(db, {member.id for member in members})
    kinds = set_up(settings, "staff")
    reached = [
        member
        for member in members
        if any(k.leads_to(member.addresses, browsers=member.id in browsers) for k in kinds)
    ]
    what = f"staff: {len(reached)} of {len(members)} can be called away from the console"
    if reached:
        return Finding(what)
    return Finding(
        what,
        "have them turn on calls on their phones (console, More), or set GATEHOUSE_SMS_URL or "
        "GATEHOUSE_VOICE_URL and enter their phones",
        may_stay=True,
    )


def _channels(settings: HubSettings) -> list[Finding]:
    """What each channel says of its options."""
    return [
        Finding(what, remedy)
        for kind in registered().values()
        for what, remedy in kind.examined(settings)
    ]


def _console(home: Path) -> Finding:
    settings, addresses = HubSettings(), recorded(home)
    own = settings.model_fields_set & {"http_host", "http_port", "public_url"}
    base = settings.base_url if own or addresses is None else addresses.console
    if answers(f"{base}/readyz"):
        return Finding(f"console: {base} answers")
    return Finding(
        f"console: {base} does not answer",
        "start it with `gatehouse up` or `gatehouse hub`; is GATEHOUSE_HTTP_PORT its port?",
    )
