"""A recorded history: an estate's inbox, batch by batch, and the events that came of it.

`VERSION/history.jsonl.gz` holds a line for each batch, then for each of its inbox entries, then
for each of its events, as they are stored. `VERSION/snapshot-NO.msgpack.gz` is what the table
`snapshot` held after batch NO. Nothing in either names a module of the program.
"""

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hub.engine.decode import decode
from rules.state.inputs import EstateChanged
from rules.vocabulary.instant import Instant, from_datetime, to_datetime
from store.engine.batches import Batch, Entry
from store.engine.projections import Recorded

FOLDER = Path(__file__).parent
DIGESTS = FOLDER / "digests.txt"
"""The SHA-256 of every file of every history, in the form of `sha256sum`."""

Departures = dict[str, dict[int, str]]
"""By version and batch, why it is no longer decided as it was recorded."""

_HISTORY = "history.jsonl.gz"
_DEPARTURES = "departures.json"


class _Line(msgspec.Struct, tag_field="line", tag=str.lower, omit_defaults=True):
    """One line of the file."""


class _Batch(_Line):
    no: int
    now: Instant
    upto: tuple[int, int, int]


class _Entry(_Line):
    lane: int
    seq: int
    kind: str
    body: msgspec.Raw


class _Event(_Line):
    kind: str
    at: Instant
    by: str
    record: msgspec.Raw
    reason: str = ""
    lane: int | None = None
    inbox_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Took:
    """One batch: what it read, and the events that it gave."""

    batch: Batch
    entries: list[Entry]
    events: list[Recorded]


@dataclass(frozen=True, slots=True)
class History:
    """`snapshot` is the state after batch `snapshot_no`, in the bytes of its own version."""

    version: str
    batches: list[Took]
    snapshot_no: int
    snapshot: bytes

    @property
    def imported(self) -> EstateChanged:
        """The estate as it was in the beginning."""
        inputs = (decode(entry) for took in self.batches for entry in took.entries)
        return next(input for input in inputs if isinstance(input, EstateChanged))


def versions() -> list[str]:
    """Every version that has a history, the newest last."""
    found = [path.name for path in FOLDER.iterdir() if (path / _HISTORY).exists()]
    return sorted(found, key=lambda name: tuple(map(int, name.split("."))))


def load(version: str) -> History:
    """The history of `version`."""
    batches: list[Took] = []
    for line in _lines(gzip.decompress((FOLDER / version / _HISTORY).read_bytes())):
        match line:
            case _Batch():
                batches.append(Took(Batch(line.no, line.now, line.upto), [], []))
            case _Entry():
                entry = Entry(line.lane, line.seq, line.kind, bytes(line.body).decode())
                batches[-1].entries.append(entry)
            case _Event():
                batches[-1].events.append(_recorded(line))
    (kept,) = (FOLDER / version).glob("snapshot-*.msgpack.gz")
    no = int(kept.name.removeprefix("snapshot-").partition(".")[0])
    return History(version, batches, no, gzip.decompress(kept.read_bytes()))


def save(history: History, departures: Departures) -> None:
    """Write a history that is not there yet, and its digests. Raises FileExistsError.

    `departures` are the batches of older histories that its version is the first to decide
    otherwise, each with the reason.
    """
    folder = FOLDER / history.version
    folder.mkdir()
    lines = b"".join(msgspec.json.encode(line) + b"\n" for line in _written(history.batches))
    (folder / _HISTORY).write_bytes(gzip.compress(lines, mtime=0))
    snapshot = gzip.compress(history.snapshot, mtime=0)
    (folder / f"snapshot-{history.snapshot_no}.msgpack.gz").write_bytes(snapshot)
    if any(departures.values()):
        (folder / _DEPARTURES).write_bytes(msgspec.json.format(msgspec.json.encode(departures)))
    with DIGESTS.open("a") as listed:
        listed.writelines(
            f"{sha256(path)}  {path.relative_to(FOLDER).as_posix()}\n"
            for path in sorted(folder.iterdir())
        )


def departures(version: str) -> set[int]:
    """The batches of `version`'s history that later versions decide otherwise, on purpose."""
    decoder = msgspec.json.Decoder(Departures)
    told = [decoder.decode(path.read_bytes()) for path in FOLDER.glob(f"*/{_DEPARTURES}")]
    return {no for by_version in told for no in by_version.get(version, {})}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lines(content: bytes) -> Iterator[_Batch | _Entry | _Event]:
    decoder = msgspec.json.Decoder(_Batch | _Entry | _Event)
    return iter(decoder.decode_lines(content))


def _written(batches: Iterable[Took]) -> Iterator[_Line]:
    for took in batches:
        yield _Batch(took.batch.no, took.batch.now, took.batch.upto)
        for entry in took.entries:
            yield _Entry(entry.lane, entry.seq, entry.kind, msgspec.Raw(entry.body.encode()))
        for event in took.events:
            yield _Event(
                event.kind, from_datetime(event.at), event.by, msgspec.Raw(event.record.encode()),
                event.reason, event.lane, event.inbox_seq,
            )  # fmt: skip


def _recorded(line: _Event) -> Recorded:
    return Recorded(
        line.kind, to_datetime(line.at), line.by, line.reason, line.lane, line.inbox_seq,
        bytes(line.record).decode(),
    )  # fmt: skip
