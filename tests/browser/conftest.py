"""Chromium of the system, and a whole running system for it to look at."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.rig import brokers
from tests.rig.databases import Databases
from tests.rig.stack import running
from tests.rig.webhooks import receiving
from tests.scenarios.playing import System

expect.set_options(timeout=20_000)

REQUIRE = "GATEHOUSE_REQUIRE_BROWSER"
"""Set to 1 where a missing browser is a fault and no reason to skip."""

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        missing = "Chromium is not installed (Debian: apt-get install chromium)"
        if os.environ.get(REQUIRE) == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def system(
    request: pytest.FixtureRequest,
    database_server: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[System]:
    """Gateway, engine and hub on a real database and the embedded broker."""
    request.getfixturevalue("chromium")  # without a browser there is nobody to start them for
    folder = tmp_path_factory.mktemp("stack")
    with (
        database_server.fresh() as dsn,
        brokers.started(brokers.embedded(folder)) as broker,
        receiving() as webhooks,
        running(folder, dsn=dsn, broker=broker, settings={"WEBHOOK_URL": webhooks.url}) as stack,
    ):
        yield System(stack, webhooks)
