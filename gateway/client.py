"""One connection to the broker: a paho client set up for this gateway's persistent session."""

from collections.abc import Callable
from typing import cast

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway.buffered_socket import BufferedSocket, RawSocket
from gateway.dialects import native
from gateway.message import Message
from gateway.settings import GatewaySettings
from rules.vocabulary.instant import Instant

KEEPALIVE_S = 30
V311, V5 = MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5


class Client(mqtt.Client):
    """Never acknowledges by itself. Driven by its owner's loop; connects once."""

    def __init__(
        self,
        settings: GatewaySettings,
        version: MQTTProtocolVersion,
        on_arrival: Callable[[Message], None],
        clock: Callable[[], Instant],
    ) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=settings.mqtt_client_id,
            clean_session=False if version is V311 else None,
            protocol=version,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        self.buffer: BufferedSocket | None = None
        self.refusal = ""
        self.subscribed = False
        self._settings = settings
        self._on_arrival = on_arrival
        self._clock = clock
        self.connect_timeout = 5.0
        if settings.mqtt_username is not None:
            password = settings.mqtt_password
            self.username_pw_set(
                settings.mqtt_username, password.get_secret_value() if password else None
            )
        if settings.mqtt_tls:
            self.tls_set(ca_certs=str(settings.mqtt_ca_file) if settings.mqtt_ca_file else None)
        self.on_connect = self._on_connected
        self.on_subscribe = self._on_subscribed
        self.on_message = self._on_any_message

    def open(self) -> None:
        """Begin the session. Raises OSError: the broker cannot be reached."""
        properties = None
        if self.protocol is V5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = self._settings.mqtt_session_expiry_s
            properties.ReceiveMaximum = self._settings.mqtt_window
        self.connect(
            self._settings.mqtt_host,
            self._settings.mqtt_port,
            KEEPALIVE_S,
            clean_start=False if self.protocol is V5 else mqtt.MQTT_CLEAN_START_FIRST_ONLY,
            properties=properties,
        )

    def is_open(self) -> bool:
        return self.socket() is not None

    def finish_turn(self) -> None:
        """Write what is due and keep the connection alive; it is closed if it was lost."""
        if self.buffer is None or not self.is_open():
            return
        if self.want_write():
            self.loop_write()
        try:
            self.buffer.flush()
        except OSError as error:
            self.refusal = str(error)
        self.loop_misc()

    def leave(self) -> None:
        """Disconnect; the broker keeps the session. Closes the socket."""
        self.disconnect()
        self.loop_write()

    def _create_socket(self) -> BufferedSocket:
        self.buffer = BufferedSocket(cast("RawSocket", super()._create_socket()))
        return self.buffer

    def _on_connected(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self.refusal = str(reason)
            return
        group = self._settings.mqtt_share_group
        prefix = f"$share/{group}/" if group else ""
        self.subscribe([(prefix + native.READINGS, 1), (prefix + native.STATUS, 1)])

    def _on_subscribed(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _mid: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            self.refusal = f"subscription: {refused[0]}"
        else:
            self.subscribed = True

    def _handle_publish(self) -> MQTTErrorCode:
        """Take the ordinary packet apart here: QoS 1, without properties.

        paho builds a message and, for MQTT 5, two tables of all properties for each packet, which
        more than halves what the gateway can take. Everything else goes paho's own way.
        """
        packet = self._in_packet["packet"]
        if len(packet) < 4:
            return super()._handle_publish()
        topic_end = 2 + (packet[0] << 8 | packet[1])
        start = topic_end + 2
        if self._in_packet["command"] & 0x06 != 0x02 or len(packet) <= start:
            return super()._handle_publish()
        if self.protocol is V5:
            if packet[start]:
                return super()._handle_publish()
            start += 1
        mid = packet[topic_end] << 8 | packet[topic_end + 1]
        retained = bool(self._in_packet["command"] & 0x01)
        self._arrived(bytes(packet[2:topic_end]), bytes(packet[start:]), mid, retained=retained)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _on_any_message(
        self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage
    ) -> None:
        payload = bytes(message.payload)
        self._arrived(message._topic, payload, message.mid, retained=message.retain)

    def _arrived(self, topic: bytes, payload: bytes, mid: int, *, retained: bool) -> None:
        text = topic.decode("utf-8", "backslashreplace")
        self._on_arrival(Message(text, payload, self._clock(), mid, retained, self))
