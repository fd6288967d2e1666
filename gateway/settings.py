"""Options of a gateway process. `python -m gateway.settings` prints them as JSON."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from store.database.settings import ProcessSettings, options_of


class GatewaySettings(ProcessSettings):
    """Where the broker is and how the gateway signs in there."""

    mqtt_host: str = Field(default="127.0.0.1", description="host of the MQTT broker")
    mqtt_port: int = Field(default=1883, ge=1, le=65535, description="TCP port of the MQTT broker")
    mqtt_username: str | None = Field(default=None, description="user name at the broker")
    mqtt_password: SecretStr | None = Field(default=None, description="password at the broker")
    mqtt_tls: bool = Field(default=False, description="speak TLS to the broker")
    mqtt_ca_file: Path | None = Field(
        default=None, description="PEM file of the authority that signed the broker's certificate"
    )
    mqtt_client_id: str = Field(
        default="gatehouse-gateway",
        min_length=1,
        description="client id of the persistent session; a second gateway needs its own",
    )
    mqtt_version: Literal["auto", "5", "3.1.1"] = Field(
        default="auto", description="MQTT version; auto: 5, or 3.1.1 where the broker has no 5"
    )
    mqtt_share_group: str | None = Field(
        default=None,
        pattern=r"^[^/+#\s]+$",
        description="name under which several gateways share the messages of one broker",
    )
    mqtt_session_expiry_s: int = Field(
        default=14 * 86400,
        ge=0,
        le=2**32 - 1,
        description="seconds for which the broker keeps messages while the gateway is away "
        "(MQTT 5; with 3.1.1 the broker decides)",
    )
    mqtt_window: int = Field(
        default=1000,
        ge=1,
        le=65535,
        description="most messages taken from the broker and not yet committed",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="address that the metrics are served on"
    )
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="TCP port of the Prometheus metrics; 0: none"
    )


if __name__ == "__main__":
    print(json.dumps([asdict(option) for option in options_of(GatewaySettings)]))  # noqa: T201
