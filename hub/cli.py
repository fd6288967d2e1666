"""The command line: one verb per thing a person does with Gatehouse.

A verb imports what it alone needs, so that none waits for the others' libraries.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from hub.clock import system_clock
from hub.errors import HubError
from hub.process.addresses import recorded
from hub.settings import EngineSettings, HubSettings
from rules.vocabulary.instant import HOUR
from rules.written.sentences import sentences
from store.database.connection import connect
from store.database.errors import StoreError
from store.database.settings import Options, options_of
from store.estate import estates
from store.people.users import ROLES

app = typer.Typer(
    name="gatehouse",
    help="Watches an estate's lifts, water, fire and flood sensors.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
estate = typer.Typer(help="Import and export estates as YAML.", no_args_is_help=True)
app.add_typer(estate, name="estate")
user = typer.Typer(help="The people who sign in.", no_args_is_help=True)
app.add_typer(user, name="user")

Data = Annotated[
    Path,
    typer.Option("--data", envvar="GATEHOUSE_DATA_DIR", help="Folder that `up` keeps its data in."),
]
_LONGEST_DRILL = 12 * HOUR
_TWO_WORKERS = ("-n", "2", "--dist", "worksteal")
"""Each begins with half of the files in order, and who is done takes of what the other has left."""

HERE = Path(".gatehouse")
PASSES_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


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
    from hub.process.up import Plan, up

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
    """Run the test suite of a checkout; further arguments go to pytest (-n 0: one process)."""
    root = Path(__file__).resolve().parent.parent
    if not (root / "tests").is_dir():
        raise typer.BadParameter("the installed package has no tests: run it from a checkout")
    os.chdir(root)
    _become("pytest", *_TWO_WORKERS, *context.args)


@app.command()
def gateway() -> None:
    """Run one gateway process: MQTT to database."""
    _become("gateway")


@app.command()
def engine() -> None:
    """Run one engine process: the rules."""
    EngineSettings()
    _become("hub.engine")


@app.command()
def hub() -> None:
    """Run one hub process: console, API, notices, calendar."""
    HubSettings()
    _become("hub.process")


@app.command()
def migrate(data: Data = HERE) -> None:
    """Bring the database's schema up to date."""
    from store.database.migrate import migrate as migrate_schema

    report = migrate_schema(database_url(data))
    for name in report.applied:
        typer.echo(f"applied {name}")
    typer.echo(f"schema is current on {report.storage}")


@estate.command("import")
def estate_import(
    file: Annotated[Path, typer.Argument(help="The estate as YAML.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    data: Data = HERE,
) -> None:
    """Make a YAML file the estate in force; shows the difference, or every faulty line."""
    from hub.versions.estate import import_estate
    from rules.estate.file import EstateFault

    try:
        report = import_estate(
            database_url(data), file, by="command line", now=system_clock(), dry_run=dry_run
        )
    except EstateFault as faulty:
        for fault in faulty.faults:
            typer.echo(f"{file}: {fault}", err=True)
        raise typer.Exit(1) from None
    if not report.changed:
        typer.echo(f"{report.estate} is in force as it stands in {file} (version {report.version})")
        return
    typer.echo(
        f"{report.estate} {'would become' if dry_run else 'is now'} version {report.version}"
    )
    for sign, what, ids in (
        ("+", "device", report.devices_added),
        ("-", "device", report.devices_removed),
        ("~", "device", report.devices_changed),
        ("+", "household", report.households_added),
        ("-", "household", report.households_left),
    ):
        for id_ in ids:
            typer.echo(f"{sign} {what} {id_}")


@estate.command("export")
def estate_export(
    estate_id: Annotated[str, typer.Argument(metavar="ESTATE", help="Unset: the only one.")] = "",
    data: Data = HERE,
) -> None:
    """Print an estate as YAML, in the form that `import` takes."""
    from hub.versions.estate import export_estate

    dsn = database_url(data)
    typer.echo(export_estate(dsn, estate_id or _the_only_estate(dsn)), nl=False)


@app.command()
def token(
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")], data: Data = HERE
) -> None:
    """Print a new API token of a role."""
    from hub.auth import issue_token

    known = next((known for known in ROLES if known == role), None)
    if known is None:
        raise typer.BadParameter(f"{role!r}: use one of {', '.join(ROLES)}", param_hint="--role")
    typer.echo(issue_token(database_url(data), known, system_clock()))


@user.command("set-password")
def user_set_password(
    user_id: Annotated[str, typer.Argument(metavar="USER", help=f"Such as {ROLES[0]}.")],
    data: Data = HERE,
) -> None:
    """Ask for a password and let the user sign in with it; ends the user's open sessions."""
    from hub.auth import set_password

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    set_password(database_url(data), user_id, password, now=system_clock())
    typer.echo(f"{user_id} can sign in with it now")


@app.command("resident-link")
def resident_link(
    household: Annotated[str, typer.Argument(help="Its id, such as B3-12-03.")],
    estate_id: Annotated[str, typer.Option("--estate", help="Unset: the only one.")] = "",
    renew: Annotated[bool, typer.Option("--renew", help="Another link; the old one ends.")] = False,
    data: Data = HERE,
) -> None:
    """Print the link to a household's own page, to be handed to it."""
    from hub.people.resident_links import hand_out
    from hub.sealing.keys import load_keys

    dsn, addresses = database_url(data), recorded(data)
    settings = HubSettings(data_dir=data)
    token = hand_out(
        dsn,
        load_keys(settings).secret,
        estate=estate_id or _the_only_estate(dsn),
        household=household,
        renew=renew,
        now=system_clock(),
    )
    console = settings.public_url or (addresses.console if addresses else settings.base_url)
    typer.echo(f"{console.rstrip('/')}/r/{token}")


@app.command(context_settings=PASSES_ON)
def simulate(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="A name; without one they are listed.")] = "",
    data: Data = HERE,
) -> None:
    """Play devices against a running system; further options go to the simulators."""
    if not scenario:
        _become("simulators", "scenarios")
    addresses = recorded(data)
    port = [] if addresses is None else [f"--mqtt-port={addresses.mqtt_port}"]
    _become("simulators", "play", scenario, *port, *context.args)


@app.command(context_settings=PASSES_ON)
def drill(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="A name; without one they are listed.")] = "",
    url: Annotated[
        str, typer.Option("--url", help="The hub's; unset: that of the `up` on --data.")
    ] = "",
    data: Data = HERE,
) -> None:
    """Run a scored drill by a scenario: only simulated alarms, only who takes part is called.

    Further options go to the simulators: --building, --participant USER:DUTY, --household ID,
    --kind, --leader, --title, --finish-after SECONDS.
    """
    if not scenario:
        _become("simulators", "scenarios")
    addresses = recorded(data)
    hub_url = url or (addresses.console if addresses else HubSettings(data_dir=data).base_url)
    if "GATEHOUSE_TOKEN" not in os.environ:
        from hub.auth import issue_token

        dsn = database_url(data)
        token = issue_token(dsn, "manager", system_clock(), lasts=_LONGEST_DRILL)
        os.environ["GATEHOUSE_TOKEN"] = token
    _become("simulators", "drill", scenario, f"--url={hub_url}", *context.args)


@app.command()
def replay(
    estate_id: Annotated[str, typer.Argument(metavar="ESTATE", help="Unset: the only one.")] = "",
    data: Data = HERE,
) -> None:
    """Decide an estate's whole history again and compare every event with what was recorded."""
    from hub.engine.replay import replay as replay_estate
    from rules.catalogue import rulebook

    dsn = database_url(data)
    result = replay_estate(dsn, rulebook(), estate_id or _the_only_estate(dsn))
    if result.difference is None:
        typer.echo(f"{result.estate}: {result.batches} batches replayed, every event as recorded")
        return
    difference = result.difference
    typer.echo(f"{result.estate}: batch {difference.batch_no} comes out otherwise")
    typer.echo(f"  recorded  {difference.recorded}")
    typer.echo(f"  replayed  {difference.replayed}")
    raise typer.Exit(1)


@app.command()
def backtest(
    rules: Annotated[Path, typer.Argument(help="The rules to try, as YAML.")],
    from_: Annotated[
        str, typer.Option("--from", help="Date or time; unset: 30 days before --to.")
    ] = "",
    to: Annotated[str, typer.Option("--to", help="Before this date or time; unset: now.")] = "",
    estate_id: Annotated[str, typer.Option("--estate", help="Unset: the only one.")] = "",
    for_machines: Annotated[bool, typer.Option("--json", help="All of it, as JSON.")] = False,
    data: Data = HERE,
) -> None:
    """Show what changed rules would have decided on recorded history, beside those in force."""
    from hub import backtest as backtests
    from rules.rulebook.reading import RuleFileFault

    dsn = database_url(data)
    try:
        place = estate_id or _the_only_estate(dsn)
        ground = backtests.ground_of(dsn, place)
        tried = backtests.read_rules(rules, ground.rulebook)
        from_at, to_at = backtests.period(from_, to, zone=ground.zone, now=system_clock())
        job = backtests.prepared(
            dsn, estate=place, rulebook=ground.rulebook, rules=tried, from_at=from_at, to_at=to_at
        )
        report = backtests.run(job, processes=os.cpu_count() or 1, told=_tell_share)
    except RuleFileFault as faulty:
        for fault in faulty.faults:
            typer.echo(str(fault), err=True)
        raise typer.Exit(2) from None
    except backtests.BacktestError as refused:
        typer.echo(f"gatehouse: {refused}", err=True)
        raise typer.Exit(2) from None
    if for_machines:
        typer.echo(json.dumps(backtests.as_data(report), ensure_ascii=False))
        return
    for line in backtests.table(report, ground.zone):
        typer.echo(line)


def _tell_share(done: int, total: int) -> None:
    """Show a person, but no file or pipe, how far it is."""
    if sys.stderr.isatty():
        typer.echo(f"\r{100 * done // total} % judged", nl=done == total, err=True)


@app.command()
def settings() -> None:
    """Print every setting of each kind of process: variable, type, default, meaning."""
    from hub.dispatch.registry import options as channel_options

    done = subprocess.run(
        [sys.executable, "-P", "-m", "gateway.settings"], stdout=subprocess.PIPE, check=True
    )
    kinds = {
        "gateway": json.loads(done.stdout),
        "engine": _options(EngineSettings),
        "hub": _options(HubSettings, *channel_options()),
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
    from hub.process import doctor as check_up

    findings = check_up.examine(data.resolve(), lambda: database_url(data))
    for finding in findings:
        typer.echo(f"{finding.word:5}  {finding.what}")
        if finding.remedy is not None:
            typer.echo(f"       {finding.remedy}")
    raise typer.Exit(any(finding.word == "FAULT" for finding in findings))


def database_url(data: Path) -> str:
    """The database that the settings name, else the one of the `up` that runs on `data`.

    Raises NotRunning: neither.
    """
    settings = HubSettings()
    if "database_url" in settings.model_fields_set:
        return settings.database_url
    from store.embedded.server import running_dsn

    return running_dsn(data.resolve())


def _the_only_estate(dsn: str) -> str:
    with connect(dsn, name="estates") as db:
        ids = [known.id for known in estates.all_(db)]
    if len(ids) != 1:
        raise typer.BadParameter(f"name one of: {', '.join(ids) or 'there is none'}")
    return ids[0]


def _options(*kinds: type[Options]) -> list[dict[str, str]]:
    return [asdict(option) for kind in kinds for option in options_of(kind)]


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
    except ValidationError as faulty:
        sys.exit("\n".join(f"gatehouse: setting {fault}" for fault in sentences(faulty)))


if __name__ == "__main__":
    main()
