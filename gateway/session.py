"""The persistent session with the broker: one loop that reads, acknowledges and reconnects.

Nothing is acknowledged before it was given back as durable, and then only on the connection that
it came by: on another, the broker sends it again. A broker stops at a window of unacknowledged
messages; one that does not is left unread at twice that.
"""

import contextlib
import math
import os
import select
import time
from collections import deque
from collections.abc import Callable

import structlog

from gateway import metrics
from gateway.buffered_socket import BufferedSocket
from gateway.client import V5, V311, Client
from gateway.message import Message
from gateway.settings import GatewaySettings
from rules.vocabulary.instant import Instant
from store.database.backoff import Backoff

log = structlog.get_logger(__name__)

READ_MESSAGES = 64
"""So many messages are submitted while there is more to read."""
GATHER_MESSAGES = 16
"""So many are submitted when all is read: a broker whose window is full sends no more."""
GATHER_S = 0.01
"""Fewer are submitted so long after those before them, or with an urgent one among them."""
IN_HAND_BYTES = 32 * 1024 * 1024
"""Payload in hand beyond which nothing more is read."""
GREETING_S = 10.0
"""Longest wait for the broker's answer to a new connection."""
GRACE_S = 5.0
"""Longest wait for the last commits when stopping."""


class Session:
    """Takes messages, gives them to `submit`, and acknowledges what comes back.

    A message whose topic `is_urgent` does not wait for others to share its commit.
    `run` and everything of paho happen on one thread; `acknowledge` and `stop` may be called
    from any, `stop` also from a signal handler. `on_subscribed` is called at every subscription.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        clock: Callable[[], Instant],
        submit: Callable[[list[Message]], None],
        is_urgent: Callable[[str], bool],
        on_subscribed: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._submit = submit
        self._is_urgent = is_urgent
        self._on_subscribed = on_subscribed
        self._versions = {"auto": deque([V5, V311]), "5": deque([V5]), "3.1.1": deque([V311])}[
            settings.mqtt_version
        ]
        self._backoff = Backoff()
        self._gathered: list[Message] = []
        self._has_urgent = False
        self._submitted_s = -math.inf
        self._in_hand = 0
        self._in_hand_bytes = 0
        self._returned: deque[list[Message]] = deque()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._stop_by: float | None = None
        metrics.WINDOW.set(settings.mqtt_window)

    def acknowledge(self, messages: list[Message]) -> None:
        """These are durable now."""
        self._returned.append(messages)
        self._wake()

    def stop(self) -> None:
        """Read nothing more, wait for what is in hand, acknowledge it and leave."""
        self._stop_by = time.monotonic() + GRACE_S
        self._wake()

    def run(self) -> None:
        """Keep the session until `stop`; the broker goes on keeping it after that."""
        while self._stop_by is None:
            client = Client(self._settings, self._versions[0], self._arrived, self._clock)
            try:
                client.open()
                self._serve(client)
            except OSError as error:
                client.refusal = client.refusal or str(error)
            else:
                if not client.subscribed:
                    self._versions.rotate()
            metrics.BROKER_UP.set(0)
            if self._stop_by is None:
                self._pause(client.refusal or "connection closed")

    def _serve(self, client: Client) -> None:
        """Run the connection until it ends or the session is to stop."""
        opened_at, welcomed = time.monotonic(), False
        while client.is_open():
            self._turn(client)
            if client.subscribed and not welcomed:
                welcomed = True
                self._welcome(client)
            if client.refusal or self._overdue(client, opened_at) or self._is_finished():
                client.leave()
        self._hand_over()

    def _overdue(self, client: Client, opened_at: float) -> bool:
        return not client.subscribed and time.monotonic() - opened_at > GREETING_S

    def _is_finished(self) -> bool:
        if self._stop_by is None:
            return False
        return self._in_hand == 0 or time.monotonic() > self._stop_by

    def _welcome(self, client: Client) -> None:
        self._backoff.reset()
        metrics.BROKER_UP.set(1)
        log.info("broker_subscribed", mqtt="5" if client.protocol is V5 else "3.1.1")
        self._on_subscribed()

    def _turn(self, client: Client) -> None:
        """Wait for something to do, and do it once."""
        socket = client.buffer
        assert socket is not None
        has_room = self._has_room()
        ready = has_room and socket.pending()
        timeout_s = 0.0 if ready else self._patience_s()
        wanted: list[int | BufferedSocket] = [self._wake_read]
        if has_room:
            wanted.append(socket)
        readable, _, _ = select.select(wanted, [socket] if socket.unsent() else [], [], timeout_s)
        if ready or socket in readable:
            client.loop_read()
            while socket.pending() and client.is_open() and self._has_room():
                client.loop_read()
        if self._patience_s() == 0:
            self._hand_over()
        if self._wake_read in readable:
            self._take_back(client)
        client.finish_turn()

    def _has_room(self) -> bool:
        return (
            self._stop_by is None
            and self._in_hand < 2 * self._settings.mqtt_window
            and self._in_hand_bytes < IN_HAND_BYTES
        )

    def _arrived(self, message: Message) -> None:
        self._gathered.append(message)
        self._in_hand += 1
        self._in_hand_bytes += len(message.payload)
        self._has_urgent = self._has_urgent or self._is_urgent(message.topic)
        if len(self._gathered) >= READ_MESSAGES:
            self._hand_over()

    def _patience_s(self) -> float:
        """How long to wait for a next message before submitting what is gathered."""
        if not self._gathered:
            return 0.5
        if self._has_urgent or len(self._gathered) >= GATHER_MESSAGES:
            return 0.0
        return max(0.0, self._submitted_s + GATHER_S - time.monotonic())

    def _hand_over(self) -> None:
        if self._gathered:
            self._submit(self._gathered)
            self._gathered = []
            self._has_urgent = False
            self._submitted_s = time.monotonic()

    def _take_back(self, client: Client | None) -> None:
        """Acknowledge what is durable, in order, and make room."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        while self._returned:
            for message in self._returned.popleft():
                self._in_hand -= 1
                self._in_hand_bytes -= len(message.payload)
                if client is not None and message.connection is client and message.mid:
                    client.ack(message.mid, 1)
        metrics.IN_HAND.set(self._in_hand)

    def _pause(self, reason: str) -> None:
        """Wait before the next attempt, and until there is room for what would come.

        Acknowledgements that come meanwhile only make that room.
        """
        retry_s = self._backoff.next_s()
        log.warning("broker_lost", reason=reason, retry_s=round(retry_s, 2))
        until = time.monotonic() + retry_s
        while self._stop_by is None:
            left_s = until - time.monotonic()
            if left_s <= 0 and self._has_room():
                return
            select.select([self._wake_read], [], [], left_s if left_s > 0 else None)
            self._take_back(None)

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b".")
