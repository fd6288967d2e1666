"""Tells whoever started this process that it now serves: systemd, or `gatehouse up`."""

import os
import socket


def announce_ready() -> None:
    """Send `READY=1` to the socket named by NOTIFY_SOCKET, if any, as sd_notify(3) describes.

    Only the first call does: whoever started us stops listening once it knows.
    """
    address = os.environ.pop("NOTIFY_SOCKET", None)
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as starter:
        starter.connect("\0" + address[1:] if address.startswith("@") else address)
        starter.send(b"READY=1")
