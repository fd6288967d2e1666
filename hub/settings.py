"""Options of the engine and of the hub, one class per kind of process."""

from pathlib import Path
from typing import TypeVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from store.database.settings import Options, ProcessSettings

T = TypeVar("T", bound=Options)


class EngineSettings(ProcessSettings):
    """An engine needs the database and nothing else."""


class HubSettings(ProcessSettings):
    """The web server, the dispatcher and the calendar. Each channel has options of its own.

    What is given by name and is none of these options is kept for those of the channels.
    """

    model_config = SettingsConfigDict(extra="allow")

    http_host: str = Field(default="127.0.0.1", description="address the web server listens on")
    http_port: int = Field(default=8080, ge=1, le=65535, description="TCP port of the web server")
    public_url: str | None = Field(
        default=None,
        description="address people reach the console at, as links in notices carry it; "
        "unset: http://HTTP_HOST:HTTP_PORT",
    )
    data_dir: Path = Field(
        default=Path(".gatehouse"), description="folder for keys that the hub makes itself"
    )
    server_secret: SecretStr | None = Field(
        default=None,
        description="key that the residents' links are made with, 32 characters or more, the same "
        "for every hub process; unset: DATA_DIR/server.secret, made on first use",
    )
    contact_keys: SecretStr | None = Field(
        default=None,
        description="keys that personal data are sealed with, 64 hexadecimal digits each, "
        "separated by commas, the newest first, the same for every hub process; "
        "unset: DATA_DIR/contact.keys, made on first use. Whoever loses them loses the contacts",
    )
    vapid_key_file: Path | None = Field(
        default=None,
        description="PEM file of the private key that signs web push; "
        "unset: DATA_DIR/vapid.pem, made on first use",
    )

    def of(self, kind: type[T]) -> T:
        """The options of one channel."""
        return kind(**(self.model_extra or {}))

    @property
    def base_url(self) -> str:
        """The console's address without a trailing slash."""
        return (self.public_url or f"http://{self.http_host}:{self.http_port}").rstrip("/")
