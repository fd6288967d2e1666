"""The hub's HTTP interface, one router per concept (DESIGN contract 5).

May import `rules`, `store` and the hub's own parts below it: auth, live, keys, settings.
"""

from hub.api.app import create_app
from hub.api.http.context import Context

__all__ = ["Context", "create_app"]
