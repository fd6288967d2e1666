"""Files that are proof: what is taken, what is kept of it, and how it is given back."""

import io
from collections.abc import Iterator

import httpx
import pytest
from PIL import Image

from hub.api.http import attachments
from hub.calendar.jobs import retire
from hub.people import pictures
from rules.vocabulary.instant import DAY, HOUR
from store.database.connection import connect
from tests.hub.api.http.pictures import CAMERA, photo
from tests.rig.hubs import RunningHub, new_key


def stored(hub: RunningHub) -> int:
    with connect(hub.dsn, name="tests") as db:
        row = db.execute("SELECT count(*) FROM attachment").fetchone()
        assert row is not None
        return int(row[0])


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


@pytest.mark.parametrize(
    ("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_picture_comes_back_without_its_place_and_its_camera(
    operator: httpx.Client, kind: str, media_type: str
) -> None:
    sent = photo(kind=kind)
    assert CAMERA.encode() in sent
    answer = operator.post("/attachments", content=sent)
    assert (answer.status_code, answer.json()["media_type"]) == (201, media_type)
    back = operator.get(f"/attachments/{answer.json()['hash']}")
    assert CAMERA.encode() not in back.content
    with Image.open(io.BytesIO(back.content)) as image:
        assert dict(image.getexif()) == {}
        assert (image.format, image.size) == (kind, (64, 48))


def test_picture_is_turned_upright(operator: httpx.Client) -> None:
    answer = operator.post("/attachments", content=photo(orientation=6, kind="PNG"))
    back = operator.get(f"/attachments/{answer.json()['hash']}")
    with Image.open(io.BytesIO(back.content)) as image:
        assert image.size == (48, 64)
        assert image.convert("RGB").getpixel((24, 2)) == (255, 0, 0), "left is on top now"


def test_file_is_given_so_that_a_browser_runs_nothing_of_it(operator: httpx.Client) -> None:
    hash_ = operator.post("/attachments", content=photo()).json()["hash"]
    headers = operator.get(f"/attachments/{hash_}").headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in headers["Cache-Control"]
    assert "private" in headers["Cache-Control"]
    assert headers["Content-Disposition"].startswith("inline")


def test_thumbnail_is_small(operator: httpx.Client) -> None:
    hash_ = operator.post("/attachments", content=photo(size=(1600, 900))).json()["hash"]
    back = operator.get(f"/attachments/{hash_}/thumbnail")
    with Image.open(io.BytesIO(back.content)) as image:
        assert (image.format, image.size) == ("WEBP", (320, 180))


def test_report_is_downloaded_and_has_no_thumbnail(operator: httpx.Client) -> None:
    content = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    answer = operator.post("/attachments", content=content)
    assert (answer.status_code, answer.json()["media_type"]) == (201, "application/pdf")
    back = operator.get(f"/attachments/{answer.json()['hash']}")
    assert back.content == content
    assert back.headers["Content-Disposition"].startswith("attachment")
    assert operator.get(f"/attachments/{answer.json()['hash']}/thumbnail").status_code == 404


def test_same_file_twice_is_kept_once(operator: httpx.Client, hub: RunningHub) -> None:
    first = operator.post("/attachments", content=photo())
    again = operator.post("/attachments", content=photo())
    assert first.json() == again.json()
    assert stored(hub) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(200),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xff\xd8\xff\xe0<script>alert(1)</script>",
        photo()[:200],
        photo(kind="PNG")[:-40],
        b"%PDF-1.7\n1 0 obj",
        b"MZ" + bytes(500),
    ],
)
@pytest.mark.parametrize("called", ["image/jpeg", "text/html"])
def test_what_is_no_whole_file_of_these_types_is_refused_whatever_it_is_called(
    operator: httpx.Client, hub: RunningHub, content: bytes, called: str
) -> None:
    answer = operator.post("/attachments", content=content, headers={"Content-Type": called})
    assert code(answer) == (415, "unusable-file")
    assert stored(hub) == 0


def test_file_beyond_the_limit_is_refused_by_what_it_announces(operator: httpx.Client) -> None:
    begun = 0

    def two_gigabytes() -> Iterator[bytes]:
        nonlocal begun
        for _ in range(2048):
            begun += 1
            yield bytes(1024 * 1024)

    headers = {"Content-Length": str(2048 * 1024 * 1024)}
    try:
        answer = operator.post("/attachments", content=two_gigabytes(), headers=headers)
    except httpx.TransportError:
        pass  # the hub hung up while we were still sending
    else:
        assert code(answer) == (413, "too-large")
    assert begun < 64


def test_file_beyond_the_limit_is_read_no_further_when_it_announces_nothing(
    operator: httpx.Client, hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_BYTES", 1000)
    answer = operator.post("/attachments", content=iter([bytes(600), bytes(600)]))
    assert code(answer) == (413, "too-large")
    assert stored(hub) == 0


def test_picture_that_claims_to_be_immense_is_refused(
    operator: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1000)
    answer = operator.post("/attachments", content=photo())
    assert code(answer) == (415, "unusable-file")
    assert "pixels" in answer.json()["detail"]


def test_one_sender_leaves_only_so_many_unused_files(
    operator: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_UNUSED", 1)
    assert operator.post("/attachments", content=photo()).status_code == 201
    answer = operator.post("/attachments", content=photo(colour="blue"))
    assert code(answer) == (429, "too-many-files")


@pytest.mark.only_looks
def test_nobody_takes_or_gives_files_without_signing_in(hub: RunningHub) -> None:
    with hub.client(None) as nobody:
        assert nobody.post("/attachments", content=photo()).status_code == 401
        assert nobody.get(f"/attachments/{'ab' * 32}").status_code == 401


def test_file_that_no_ticket_names_goes_after_a_day(
    system: RunningHub, operator: httpx.Client
) -> None:
    used, unused = (
        operator.post("/attachments", content=photo(colour=colour)).json()["hash"]
        for colour in ("red", "blue")
    )
    repair = {
        "estate": "harbour", "category": "water", "urgency": "ordinary", "words": "wet",
        "photos": [used],
    }  # fmt: skip
    assert operator.post("/tickets", headers=new_key(), json=repair).status_code == 200
    with connect(system.dsn, name="tests", autocommit=True) as db:
        retire(db, system.clock() + 23 * HOUR)
        assert stored(system) == 2
        retire(db, system.clock() + DAY + HOUR)
    assert operator.get(f"/attachments/{used}").status_code == 200
    assert operator.get(f"/attachments/{unused}").status_code == 404
