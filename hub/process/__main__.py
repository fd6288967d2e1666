"""`python -m hub.process`: one hub process, until SIGTERM."""

import sys

from hub.clock import system_clock
from hub.process.server import Server
from hub.sealing.keys import UnusableKey
from hub.settings import HubSettings
from store.database.logs import configure_logging


def main() -> None:
    settings = HubSettings()
    configure_logging(settings)
    try:
        server = Server(settings, clock=system_clock)
    except UnusableKey as unusable:
        sys.exit(f"gatehouse: {unusable}")
    server.run()
    if not server.started:
        sys.exit(1)


if __name__ == "__main__":
    main()
