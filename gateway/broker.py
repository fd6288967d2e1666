"""The embedded MQTT broker: rumqttd, for one machine and for devices on loopback only.

Run as `python -m gateway.broker --port 1883`; it ends on SIGINT or SIGTERM. It speaks
MQTT 3.1.1, keeps the sessions of clients that went away, and redelivers what they did not
acknowledge. Not promised: a session does not survive the broker's own end, a client has at
most 100 unacknowledged messages, and a backlog beyond `BACKLOG_BYTES` per topic filter loses
its oldest messages. Production uses Mosquitto, see `deploy/mosquitto.conf`.
"""

import argparse
import ipaddress
import logging
import signal
import socket
import sys
import tempfile
from pathlib import Path

from iotcore.iotcore import IotCoreBroker

from gateway.errors import GatewayError
from gateway.message import MAX_PAYLOAD_BYTES

SEGMENT_BYTES = 10 * 1024 * 1024
SEGMENTS = 10
BACKLOG_BYTES = SEGMENT_BYTES * SEGMENTS
MAX_CONNECTIONS = 10_000

CONFIG = """\
id = 0

[router]
id = 0
max_connections = {connections}
max_outgoing_packet_count = 200
max_segment_size = {segment_bytes}
max_segment_count = {segments}

[v4.devices]
name = "devices"
listen = "{listen}:{port}"
next_connection_delay_ms = 1

[v4.devices.connections]
connection_timeout_ms = 5000
max_payload_size = {payload_bytes}
max_inflight_count = 100
dynamic_filters = true
"""


class BrokerError(GatewayError):
    """Base of what the embedded broker refuses to do."""


class NotLoopback(BrokerError):
    """Other machines could reach the broker, which has no per-device access control."""


class PortTaken(BrokerError):
    """Another program listens on the port."""


def config(listen: str, port: int) -> str:
    """The broker's configuration in rumqttd's TOML.

    Raises NotLoopback: `listen` is not an IPv4 loopback address.
    """
    if not _is_loopback(listen):
        raise NotLoopback(
            f"--listen {listen} is open to other machines, and the embedded broker cannot hold "
            "each device to its own topic: listen on 127.0.0.1, or run Mosquitto with TLS, "
            "passwords and the access list of deploy/mosquitto.conf"
        )
    return CONFIG.format(
        connections=MAX_CONNECTIONS,
        segment_bytes=SEGMENT_BYTES,
        segments=SEGMENTS,
        payload_bytes=MAX_PAYLOAD_BYTES,
        listen=listen,
        port=port,
    )


def serve(listen: str, port: int) -> None:
    """Serve MQTT until the process is told to end.

    Raises NotLoopback: see `config`. Raises PortTaken: the port is not free.
    """
    text = config(listen, port)
    try:
        socket.create_server((listen, port)).close()
    except OSError as reason:
        raise PortTaken(
            f"port {port} on {listen} cannot be used ({reason.strerror}): "
            "stop the program that listens there, or choose another with --port"
        ) from reason
    with tempfile.TemporaryDirectory(prefix="gatehouse-broker-") as folder:
        file = Path(folder) / "rumqttd.toml"
        file.write_text(text)
        broker = IotCoreBroker(config_path=str(file))
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    broker.run_forever()


def _is_loopback(listen: str) -> bool:
    try:
        return ipaddress.IPv4Address(listen).is_loopback
    except ValueError:
        return False


def main() -> None:
    """Parse the command line and serve; one sentence on standard error when that fails."""
    parser = argparse.ArgumentParser(prog="python -m gateway.broker", description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1", help="loopback address (127.0.0.1)")
    parser.add_argument("--port", type=int, default=1883, help="TCP port (1883)")
    options = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # rumqttd opens an error span per packet, which its logger prints as an error.
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL + 1)
    try:
        serve(options.listen, options.port)
    except BrokerError as refused:
        sys.exit(f"broker: {refused}")


if __name__ == "__main__":
    main()
