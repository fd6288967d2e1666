"""`python -m hub.engine`: one engine process, until SIGTERM."""

import signal
import threading

from hub.clock import system_clock
from hub.engine.loop import run
from hub.settings import EngineSettings
from rules.catalogue import rulebook
from store.database.logs import configure_logging
from store.database.readiness import announce_ready


def main() -> None:
    settings = EngineSettings()
    configure_logging(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(settings.database_url, rulebook(), clock=system_clock, stop=stop, on_ready=announce_ready)


if __name__ == "__main__":
    main()
