"""What a person who comes in finds: the sample estate with its people, and a way to sign in."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from hub.auth import issue_sign_in_link
from hub.auth.accounts import LINK_S
from hub.clock import system_clock
from hub.sample.households import enter_sample_contacts
from hub.sample.staff import staff_sample
from hub.sealing.keys import load_sealer
from hub.settings import HubSettings
from hub.versions.estate import import_estate
from store.database.connection import connect
from store.estate import estates
from store.people.users import ROLES

SAMPLE = "riverside"
"""The sample estate."""


def fill(dsn: str, home: Path, say: Callable[[str], None]) -> None:
    """Enter the sample estate and its people, as far as they are not there; `home` has the keys."""
    say(import_sample(dsn))
    say(staff_sample(dsn, SAMPLE, now=system_clock()))
    sealer = load_sealer(HubSettings(data_dir=home))
    say(enter_sample_contacts(dsn, sealer, SAMPLE, now=system_clock()))


def import_sample(dsn: str) -> str:
    """Import the sample estate into a database without any; what was done, in words."""
    with connect(dsn, name="up") as db:
        known = estates.all_(db)
    if known:
        return f"estates are there already: {', '.join(estate.id for estate in known)}"
    report = import_estate(dsn, sample_estate(), by="up", now=system_clock())
    return (
        f"sample estate {report.estate} imported: {len(report.devices_added)} devices, "
        f"{len(report.households_added)} households"
    )


def sample_estate() -> Path:
    """The file of the sample estate, among the simulators."""
    spec = find_spec("simulators")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("estate") / "sample.yaml"


def welcome(console: str, dsn: str) -> str:
    """Where the console is, a way in for each role, and the word that all is ready."""
    now = system_clock()
    links = [
        f"  {role:<10}{issue_sign_in_link(dsn, role=role, public_url=console, now=now)}"
        for role in ROLES
    ]
    return "\n".join(
        [
            "",
            f"Console: {console}",
            f"Sign in (each link works once, within {LINK_S // 60} minutes):",
            *links,
            "ready",
        ]
    )
