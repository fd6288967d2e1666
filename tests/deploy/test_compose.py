"""docker-compose.yml is valid, hardened, and says what the tests run with."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings import GatewaySettings
from hub.dispatch.registry import options
from hub.settings import EngineSettings, HubSettings
from store.database.settings import Options, options_of
from store.embedded.binaries import binaries, run_as, server_account
from store.embedded.server import SETTINGS
from tests.rig.brokers import DEPLOY, make_secrets

COMPOSE = DEPLOY.parent / "docker-compose.yml"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def postgresql_conf() -> dict[str, str]:
    text = (DEPLOY / "postgresql.conf").read_text()
    return dict(re.findall(r"^([\w.]+) = '?([^'\n]+)'?$", text, re.MULTILINE))


def test_compose_file_obeys_the_compose_specification() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            COMPOSE,
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_service_runs_with_the_least_privilege(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service.get("privileged"), name
        own_image = service["image"].startswith("gatehouse:")
        assert own_image or service["user"].partition(":")[0] not in ("", "0", "root"), name
    assert re.search(r"^USER (?!0|root)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)


def test_no_secret_stands_in_the_compose_file(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY", variable):
                assert value.startswith("/run/secrets/"), f"{name}: {variable}"


def test_every_secret_is_made_by_the_script_and_used(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    make_secrets(tmp_path, "setup", "--host", "mqtt.example.org")
    made = {f"deploy/secrets/{file.name}" for file in tmp_path.iterdir()}
    assert {secret["file"] for secret in compose["secrets"].values()} == made
    used = {
        secret if isinstance(secret, str) else secret["source"]
        for service in compose["services"].values()
        for secret in service.get("secrets", [])
    }
    assert used == set(compose["secrets"])


def test_secrets_that_exist_are_kept(tmp_path: Path) -> None:
    make_secrets(tmp_path, "setup", "--host", "192.0.2.7")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    make_secrets(tmp_path, "setup", "--host", "192.0.2.7")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_every_variable_is_a_setting_of_its_process(compose: dict[str, Any]) -> None:
    kinds: dict[str, list[type[Options]]] = {
        "gateway": [GatewaySettings],
        "engine": [EngineSettings],
        "hub": [HubSettings, *options()],
    }
    for name, of_process in kinds.items():
        known = {option.variable for kind in of_process for option in options_of(kind)}
        assert set(compose["services"][name].get("environment", {})) <= known
        for secret in compose["services"][name]["secrets"]:
            target = secret if isinstance(secret, str) else secret["target"]
            assert not target.startswith("gatehouse_") or target.upper() in known


def test_every_mounted_file_exists(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or (COMPOSE.parent / source).is_file(), volume


def test_database_has_the_settings_that_the_tests_run_with() -> None:
    theirs = postgresql_conf()
    differ_by_size = {"listen_addresses", "shared_buffers", "max_wal_size"}
    shared = set(SETTINGS) - differ_by_size
    assert {name: theirs.get(name) for name in shared} == {name: SETTINGS[name] for name in shared}
    assert not {"fsync", "synchronous_commit", "full_page_writes"} & (set(theirs) | set(SETTINGS))


def test_postgresql_accepts_the_file() -> None:
    account = server_account()
    for setting, value in postgresql_conf().items():
        if setting.startswith("timescaledb."):
            continue
        done = subprocess.run(
            [binaries(account) / "postgres", "-C", setting, "-c", f"{setting}={value}", "-D", "/"],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **run_as(account),
        )
        assert "invalid value" not in done.stderr, setting
        assert "unrecognized configuration parameter" not in done.stderr, setting
