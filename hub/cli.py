"""The command line: one verb per thing a person does with Gatehouse."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from hub import doctor as check_up
from hub.errors import HubError
from hub.settings import EngineSettings, HubSettings
from hub.up import Plan, up
from store.embedded import running_dsn
from store.errors import StoreError
from store.migrate import migrate as migrate_schema
from store.settings import ProcessSettings, options_of

app = typer.Typer(
    name="gatehouse",
    help="Watches an estate's lifts, water, fire and flood sensors.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Data = Annotated[
    Path,
    typer.Option("--data", envvar="GATEHOUSE_DATA_DIR", help="Folder that `up` keeps its data in."),
]
HERE = Path(".gatehouse")


@app.command("up")
def up_verb(
    data: Data = HERE,
    http_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the console.")] = 8080,
    mqtt_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the broker.")] = 1883,
    no_simulators: Annotated[
        bool, typer.Option("--no-simulators", help="The sample estate, with silent devices.")
    ] = False,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="No sample estate.")] = False,
) -> None:
    """Run everything on this machine until Ctrl-C; the data stays."""
    up(
        Plan(
            home=data.resolve(),
            http_port=http_port,
            mqtt_port=mqtt_port,
            demo=not no_demo,
            simulators=not (no_demo or no_simulators),
        )
    )


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test_verb(context: typer.Context) -> None:
    """Run the test suite of a checkout; further arguments go to pytest."""
    root = Path(__file__).resolve().parent.parent
    if not (root / "tests").is_dir():
        raise typer.BadParameter("the installed package has no tests: run it from a checkout")
    os.chdir(root)
    _become("pytest", *context.args)


@app.command()
def gateway() -> None:
    """Run one gateway process: MQTT to database."""
    _become("gateway")


@app.command()
def engine() -> None:
    """Run one engine process: the rules."""
    _become("hub.engine")


@app.command()
def hub() -> None:
    """Run one hub process: console, API, notices, calendar."""
    _become("hub")


@app.command()
def migrate(data: Data = HERE) -> None:
    """Bring the database's schema up to date."""
    report = migrate_schema(database_url(data))
    for name in report.applied:
        typer.echo(f"applied {name}")
    typer.echo(f"schema is current on {report.storage}")


@app.command()
def settings() -> None:
    """Print every setting of each kind of process: variable, type, default, meaning."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "gateway.settings"], stdout=subprocess.PIPE, check=True
    )
    kinds = {
        "gateway": json.loads(done.stdout),
        "engine": _options(EngineSettings),
        "hub": _options(HubSettings),
    }
    for kind, options in kinds.items():
        typer.echo(f"{kind}\n")
        for option in options:
            default = option["default"] or "unset"
            typer.echo(f"  {option['variable']}  ({option['kind']}, default: {default})")
            typer.echo(f"      {option['meaning']}")
        typer.echo("")


@app.command()
def doctor(data: Data = HERE) -> None:
    """Check everything; each fault is shown with its remedy."""
    findings = check_up.examine(data.resolve(), lambda: database_url(data))
    for finding in findings:
        typer.echo(f"{'ok   ' if finding.remedy is None else 'FAULT'}  {finding.what}")
        if finding.remedy is not None:
            typer.echo(f"       {finding.remedy}")
    raise typer.Exit(any(finding.remedy is not None for finding in findings))


def database_url(data: Path) -> str:
    """The database that the settings name, else the one of the `up` that runs on `data`.

    Raises NotRunning: neither.
    """
    settings = HubSettings()
    if "database_url" in settings.model_fields_set:
        return settings.database_url
    return running_dsn(data.resolve())


def _options(kind: type[ProcessSettings]) -> list[dict[str, str]]:
    return [asdict(option) for option in options_of(kind)]


def _become(module: str, *arguments: str) -> NoReturn:
    """Turn this process into another module of ours, which then gets its signals."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *arguments])


def main() -> None:
    """Run the command line; what goes wrong is one sentence on standard error."""
    try:
        app()
    except (HubError, StoreError) as failed:
        sys.exit(f"gatehouse: {failed}")


if __name__ == "__main__":
    main()
