"""A running system as its users reach it: over HTTP, and by importing estates."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import yaml

from hub.auth import issue_sign_in_link, issue_token
from hub.clock import Clock, system_clock
from hub.versions.estate import import_estate
from rules.estate.graph import Estate
from simulators import session
from simulators.estate import SAMPLE, load_estate
from store.database.migrate import migrate
from store.people.users import Role
from tests.rig.brokers import Broker, free_port
from tests.rig.hubs import plain_client
from tests.rig.waiting import Found, eventually


def as_device(broker: Broker) -> session.Broker:
    """How a device signs in at the broker."""
    return session.Broker(broker.host, broker.port, broker.device_username, broker.device_password)


class Site:
    """What runs on the database `dsn` and the broker, by its hub's port; nothing does at first.

    `folder` takes logs and keys; `clock` is the one that its processes go by.
    """

    def __init__(
        self, folder: Path, *, dsn: str, broker: Broker, clock: Clock = system_clock
    ) -> None:
        self.folder = folder
        self.dsn = dsn
        self.broker = broker
        self.clock = clock
        self.http_port = free_port()
        self._tokens: dict[Role, str] = {}
        migrate(dsn)

    @property
    def url(self) -> str:
        """The console's address."""
        return f"http://127.0.0.1:{self.http_port}"

    def import_sample(self, *ids: str) -> list[Estate]:
        """The sample estate under each id."""
        body = yaml.safe_load(SAMPLE.read_text("utf-8"))
        for id_ in ids:
            file = self.folder / f"{id_}.yaml"
            file.write_text(yaml.safe_dump({**body, "estate": id_}, allow_unicode=True), "utf-8")
            import_estate(self.dsn, file, by="tests", now=self.clock())
        sample = load_estate(SAMPLE)
        return [replace(sample, id=id_) for id_ in ids]

    def settle(self, *ids: str) -> list[Estate]:
        """Import the sample estate under each id and wait until an engine has them all."""
        imported = self.import_sample(*ids)
        self.await_ready()
        return imported

    def await_ready(self, *, within_s: float = 30.0) -> None:
        """Wait until the hub says that all that it needs is there, the engine included."""
        with plain_client() as http:
            eventually(lambda: _is_ready(http, self.url), within_s=within_s, what="/readyz is well")

    def sign_in_link(self, role: Role) -> str:
        """An address that signs its first visitor in."""
        return issue_sign_in_link(self.dsn, role=role, public_url=self.url, now=self.clock())

    @contextmanager
    def client(self, role: Role = "operator") -> Iterator["Client"]:
        """Who speaks to the hub with an API token of the role."""
        if role not in self._tokens:
            self._tokens[role] = issue_token(self.dsn, role, self.clock())
        headers = {"Authorization": f"Bearer {self._tokens[role]}"}
        with plain_client(base_url=f"{self.url}/api/v1", headers=headers) as http:
            yield Client(http)

    def resident_token(self, estate: str, household: str) -> str:
        """What opens the household's page at `/r/{token}`."""
        with self.client("manager") as manager:
            answer = manager.http.post(f"/households/{estate}/{household}/link", json={})
            answer.raise_for_status()
            return str(answer.json()["url"]).rpartition("/")[2]


def _is_ready(http: httpx.Client, url: str) -> bool:
    try:
        return http.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@dataclass(frozen=True)
class Client:
    """The interface as a program uses it."""

    http: httpx.Client

    def get(self, path: str, **params: Any) -> Any:
        """The body of a successful answer."""
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def all(self, path: str, **params: Any) -> list[Any]:
        """Every item of a list, page after page."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            page = self.get(path, limit=500, **params, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items

    def command(self, path: str, **body: Any) -> list[Any]:
        """Give a command and return the events that it caused."""
        return list(self.send("POST", path, body)["events"])

    def send(self, method: str, path: str, body: Any) -> Any:
        """The body of the successful answer to one that changes something."""
        headers = {"Idempotency-Key": str(uuid4())}
        answer = self.http.request(method, path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def eventually(
        self, path: str, condition: Callable[[list[Any]], Found], *, within_s: float = 15.0,
        **params: Any,
    ) -> Found:  # fmt: skip
        """What `condition` makes of a list's items, as soon as that is truthy."""
        return eventually(lambda: condition(self.all(path, **params)), within_s=within_s, what=path)
