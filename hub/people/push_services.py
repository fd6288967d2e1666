"""Which addresses may be called for a browser's push subscription.

A subscription names the address that the hub will call, so only known push services will do:
no resident can make the hub call anything else.
"""

from urllib.parse import urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_push_service(endpoint: str, allowed_hosts: str) -> bool:
    """Whether `endpoint` is HTTPS at one of the comma-separated hosts, or a subdomain of one.

    A loopback host that is listed itself may do without TLS.
    """
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if host is None or parts.username is not None:
        return False
    allowed = [name.strip().lower() for name in allowed_hosts.split(",") if name.strip()]
    listed = any(host == name or host.endswith(f".{name}") for name in allowed)
    return listed and (parts.scheme == "https" or host in _LOOPBACK)
