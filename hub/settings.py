"""Options of the engine and of the hub, one class per kind of process."""

from pathlib import Path

from pydantic import Field, SecretStr

from store.database.settings import ProcessSettings


class EngineSettings(ProcessSettings):
    """An engine needs the database and nothing else."""


class HubSettings(ProcessSettings):
    """The web server, the dispatcher and the calendar."""

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
    webhook_url: str | None = Field(
        default=None, description="address that receives every notice as JSON; unset: no webhook"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="key of the HMAC-SHA256 signature on each webhook call"
    )
    sms_url: SecretStr | None = Field(
        default=None,
        description="Apprise address of the SMS provider, with {phone} where the number belongs, "
        "such as sns://KEY:SECRET/cn-north-1/{phone}; unset: no SMS",
    )
    mail_url: SecretStr | None = Field(
        default=None,
        description="Apprise address of the mail server, with {mail} where the address belongs, "
        "such as mailtos://USER:PASSWORD@HOST?to={mail}; unset: no mail",
    )
    voice_url: str | None = Field(
        default=None,
        description="address of the provider that calls phones and reads notices aloud; "
        "unset: no calls",
    )
    voice_secret: SecretStr | None = Field(
        default=None, description="key of the HMAC-SHA256 signature on each order of a call"
    )
    vapid_key_file: Path | None = Field(
        default=None,
        description="PEM file of the private key that signs web push; "
        "unset: DATA_DIR/vapid.pem, made on first use",
    )
    vapid_subject: str = Field(
        default="mailto:operations@example.org",
        description="contact that push services may write to, a mailto: or https: address",
    )

    web_push_hosts: str = Field(
        default="fcm.googleapis.com,push.services.mozilla.com,notify.windows.com,push.apple.com",
        description="push services that a browser may name, with their subdomains; no other "
        "address is ever called for a resident",
    )

    @property
    def base_url(self) -> str:
        """The console's address without a trailing slash."""
        return (self.public_url or f"http://{self.http_host}:{self.http_port}").rstrip("/")
