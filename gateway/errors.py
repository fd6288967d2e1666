"""Why a message, or a part of it, is refused. The message names field, value and remedy."""

from typing import ClassVar


class GatewayError(Exception):
    """Base of what a gateway raises itself."""


class Refused(GatewayError):
    """Base of the refusals; `reason` is short, and what dead letters are counted by."""

    reason: ClassVar[str]


class MalformedTopic(Refused):
    """The topic has another form than the dialect's."""

    reason = "malformed topic"


class UnknownEstate(Refused):
    """No estate has the topic's id."""

    reason = "unknown estate"


class UnknownDevice(Refused):
    """The estate has no such device."""

    reason = "unknown device"


class TooLarge(Refused):
    """The payload is longer than a device ever needs."""

    reason = "too large"


class MalformedPayload(Refused):
    """The payload is not of any form that the dialect knows."""

    reason = "malformed payload"


class UnknownSignal(Refused):
    """The device's type has no such signal."""

    reason = "unknown signal"


class UnusableSample(Refused):
    """The value's type, unit or size is not what the signal takes."""

    reason = "unusable value"


class UnusableTime(Refused):
    """The event time is no time, or too far from now to be true."""

    reason = "unusable time"


class ConflictingReading(Refused):
    """Another value was stored for the same device, signal and time."""

    reason = "conflict"


class Unstorable(Refused):
    """The database refused what the dialect had understood."""

    reason = "unstorable"


class DialectFault(Refused):
    """The dialect itself failed: a defect of this program."""

    reason = "dialect fault"
