"""Makes docs/board.png: the board of a fresh `./gatehouse up` as its demonstration comes alive.

    .venv/bin/python docs/screenshot.py

Needs the test environment (`./gatehouse test` makes it) and Chromium. Takes about two minutes:
the picture is taken when the lift and the riser of the story have raised their alarms.
"""

import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_ARGS = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
STORY_MS = 180_000


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def sign_in_link(lines: "subprocess.Popen[str]") -> str:
    """The operator's link, once everything answers."""
    assert lines.stdout is not None
    link = ""
    for line in lines.stdout:
        if found := re.match(r"\s+operator\s+(\S+)", line):
            link = found[1]
        if line.strip() == "ready":
            return link
    sys.exit("gatehouse up ended before it was ready; start it by hand to see why")


def photograph(link: str, target: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS
        )
        page = browser.new_page(viewport={"width": 1440, "height": 810}, locale="en-GB")
        page.add_init_script("localStorage['gatehouse.language'] = 'en'")
        page.goto(link)
        page.get_by_test_id("enable-sound").click(timeout=STORY_MS)
        page.get_by_text("Pipe burst", exact=True).first.wait_for(timeout=STORY_MS)
        page.get_by_text("Water leak").nth(2).wait_for(timeout=STORY_MS)
        page.screenshot(path=target)
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="gatehouse-picture-") as data:
        up = subprocess.Popen(
            [
                str(ROOT / "gatehouse"), "up", "--data", data,
                "--http-port", str(free_port()), "--mqtt-port", str(free_port()),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        try:
            photograph(sign_in_link(up), ROOT / "docs" / "board.png")
        finally:
            up.terminate()
            up.wait()


if __name__ == "__main__":
    main()
