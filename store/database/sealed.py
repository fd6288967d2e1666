"""Sealed addresses by kind, as a JSON column keeps them: each in hexadecimal."""

from collections.abc import Mapping

from psycopg.types.json import Jsonb


def as_column(sealed: Mapping[str, bytes]) -> Jsonb:
    """What is written."""
    return Jsonb({kind: value.hex() for kind, value in sealed.items()})


def from_column(kept: Mapping[str, str]) -> dict[str, bytes]:
    """What was read."""
    return {kind: bytes.fromhex(value) for kind, value in kept.items()}
