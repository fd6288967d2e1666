"""Options that every process shares, read from `GATEHOUSE_*` variables or `/run/secrets`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "GATEHOUSE_"
SECRETS_DIR = Path("/run/secrets")


class Options(BaseSettings):
    """Some options of a process, by default from where operators put them.

    An option `name` is read from the variable `GATEHOUSE_NAME`, else from the file
    `/run/secrets/gatehouse_name`, where container engines put secrets.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        secrets_dir=SECRETS_DIR if SECRETS_DIR.is_dir() else None,
        extra="ignore",
        frozen=True,
        validate_default=True,
    )


class ProcessSettings(Options):
    """What a process of any kind needs; each kind derives its own class from this one."""

    database_url: str = Field(
        default="postgresql://gatehouse@127.0.0.1:5432/gatehouse",
        repr=False,
        description="PostgreSQL or TimescaleDB connection string",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least important event that is logged"
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="one line for people, or one JSON object, per event"
    )


@dataclass(frozen=True)
class Option:
    """One setting as `gatehouse settings` prints it."""

    variable: str
    kind: str
    default: str
    meaning: str


def revealed(secret: SecretStr | None) -> str | None:
    """The value of a secret option, for whom it is meant."""
    return secret.get_secret_value() if secret is not None else None


def options_of(settings: type[Options]) -> Iterable[Option]:
    """Every option of a process kind, in the order of its definition."""
    for name, field in settings.model_fields.items():
        yield Option(
            variable=PREFIX + name.upper(),
            kind=_kind(field),
            default=_default(field),
            meaning=field.description or "",
        )


def _kind(field: FieldInfo) -> str:
    """The type in a reader's words: `str`, `Path`, `debug | info`."""
    annotation = field.annotation
    plain = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    choices = re.fullmatch(r"typing\.Literal\[(.*)\]", plain)
    if choices:
        return choices[1].replace("'", "").replace(", ", " | ")
    return re.sub(r"[\w.]+\.|\s\|\sNone", "", plain)


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    return "" if value is None or value is PydanticUndefined else str(value)
