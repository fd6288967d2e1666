"""The floor: a bare paho subscriber that counts what the broker sends and acknowledges it.

`python -m benchmarks.floor PORT MESSAGES` prints `ready`, then a line of JSON.
"""

import json
import sys
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion


def main(port: int, messages: int) -> None:
    """Take `messages` from the loopback broker at `port` and print how long that took."""
    count, first = 0, 0.0

    def on_message(_client: mqtt.Client, _userdata: Any, _message: mqtt.MQTTMessage) -> None:
        nonlocal count, first
        count += 1
        if count == 1:
            first = time.perf_counter()
        elif count == messages:
            client.disconnect()

    def subscribe(*_: Any) -> None:
        client.subscribe("gatehouse/v1/+/+", qos=1)

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="floor")
    client.on_message = on_message
    client.on_connect = subscribe
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.connect("127.0.0.1", port)
    client.loop_forever()
    print(json.dumps({"messages": count, "seconds": time.perf_counter() - first}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
