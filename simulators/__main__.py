"""The simulators' command line: `python -m simulators run | play | fleet | drill | scenarios`."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from rules.records.drills import DrillKind
from rules.records.tickets import Role
from simulators.drill import DrillClient, Staging, score_lines
from simulators.errors import DrillRefused, SimulatorError
from simulators.estate import SAMPLE, estate_body, load_estate
from simulators.fleet import fleet
from simulators.play import play
from simulators.run import run
from simulators.scenarios import load_scenario, scenario_names
from simulators.script import script_of
from simulators.session import Broker
from simulators.story import load_story


def main(argv: list[str] | None = None) -> int:
    """The exit status: 0 done, 1 not possible (one sentence on standard error says why)."""
    options = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        options.verb(options)
    except SimulatorError as error:
        sys.stderr.write(f"simulators: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(options: argparse.Namespace) -> None:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    story = load_story() if options.story else None
    estate = load_estate(options.estate)
    run(estate, _broker(options), seed=options.seed, story=story, stopping=stopping)


def _play(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.scenario)
    speed = None if options.compressed else options.speed
    played = play(scenario, load_estate(options.estate), _broker(options), speed=speed)
    sys.stdout.write(json.dumps({"scenario": options.scenario, **asdict(played)}) + "\n")


def _fleet(options: argparse.Namespace) -> None:
    load = fleet(
        load_estate(options.estate),
        _broker(options),
        devices=options.devices,
        rate_per_s=options.rate,
        for_s=options.seconds,
        seed=options.seed,
    )
    sys.stdout.write(json.dumps(asdict(load)) + "\n")


def _drill(options: argparse.Namespace) -> None:
    token = os.environ.get("GATEHOUSE_TOKEN")
    if not token:
        raise DrillRefused("GATEHOUSE_TOKEN is not set: give a manager's token in it")
    scenario, estate = load_scenario(options.scenario), load_estate(options.estate)
    script = script_of(scenario, estate, estate_body(options.estate), building=options.building)
    staging = Staging(
        title=options.title or scenario.name.en,
        kind=options.kind,
        leader=options.leader,
        participants=tuple(options.participant),
        households=tuple(options.household),
    )
    client = DrillClient(options.url, token)
    drill = client.begin(options.estate_id or estate.id, script, staging)
    _say(f"drill {drill}: plan {script.plan}, {len(script.injections)} alarms")
    if script.left_out:
        _say(f"{script.left_out} alarms of other plans or buildings are left out")
    ended = client.follow(drill, _say, finish_after_s=options.finish_after)
    for line in score_lines(ended):
        _say(line)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _scenarios(_: argparse.Namespace) -> None:
    for name in scenario_names():
        sys.stdout.write(f"{name:24} {load_scenario(name).name.en}\n")


def _broker(options: argparse.Namespace) -> Broker:
    return Broker(
        host=options.mqtt_host,
        port=options.mqtt_port,
        username=options.mqtt_username,
        password=os.environ.get("GATEHOUSE_MQTT_PASSWORD"),
        ca_file=options.mqtt_ca_file,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="simulators", description="Simulated devices of an estate, over MQTT."
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    wire = _wire_options()

    run_ = verbs.add_parser("run", parents=[wire], help="play the estate until stopped")
    run_.add_argument("--story", action=argparse.BooleanOptionalAction, default=True)
    run_.set_defaults(verb=_run)

    play_ = verbs.add_parser("play", parents=[wire], help="play one scenario")
    play_.add_argument("scenario", help="a shipped scenario's name, or the path of a YAML file")
    play_.add_argument("--speed", type=_positive, default=1.0, help="times faster than real time")
    play_.add_argument("--compressed", action="store_true", help="all at once, event times apart")
    play_.set_defaults(verb=_play)

    fleet_ = verbs.add_parser("fleet", parents=[wire], help="a steady load of ordinary readings")
    fleet_.add_argument("--devices", type=int, default=200)
    fleet_.add_argument("--rate", type=_positive, default=500.0, help="messages per second")
    fleet_.add_argument("--seconds", type=_positive, default=10.0)
    fleet_.set_defaults(verb=_fleet)

    drill_ = verbs.add_parser("drill", help="plan, start and follow a scored drill")
    drill_.add_argument("scenario", help="a shipped scenario's name, or the path of a YAML file")
    drill_.add_argument("--url", default="http://127.0.0.1:8080", help="the hub's address")
    drill_.add_argument("--estate", type=Path, default=SAMPLE, help="the estate's YAML file")
    drill_.add_argument("--estate-id", help="its id in the running system; unset: the file's")
    drill_.add_argument("--building", help="only what happens in this one")
    drill_.add_argument("--title", help="unset: the scenario's name")
    drill_.add_argument("--kind", choices=get_args(DrillKind), default="functional")
    drill_.add_argument("--leader", help="a user; unset: whose token it is")
    drill_.add_argument(
        "--participant", type=_participant, action="append", default=[], help="USER:DUTY"
    )
    drill_.add_argument(
        "--household", action="append", default=[], help="one that has agreed to take part"
    )
    drill_.add_argument(
        "--finish-after", type=_positive, help="seconds; unset: somebody finishes it"
    )
    drill_.set_defaults(verb=_drill)

    verbs.add_parser("scenarios", help="list the shipped scenarios").set_defaults(verb=_scenarios)
    return parser


def _wire_options() -> argparse.ArgumentParser:
    env = os.environ.get
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--mqtt-host", default=env("GATEHOUSE_MQTT_HOST", "127.0.0.1"))
    options.add_argument("--mqtt-port", type=int, default=int(env("GATEHOUSE_MQTT_PORT", "1883")))
    options.add_argument(
        "--mqtt-username",
        default=env("GATEHOUSE_MQTT_USERNAME"),
        help="the password comes from GATEHOUSE_MQTT_PASSWORD",
    )
    ca_file = env("GATEHOUSE_MQTT_CA_FILE")
    options.add_argument(
        "--mqtt-ca-file", type=Path, default=ca_file, help="speak TLS; PEM of the authority"
    )
    options.add_argument("--estate", type=Path, default=SAMPLE, help="the estate's YAML file")
    options.add_argument("--seed", type=int, default=1, help="what chance the devices have")
    return options


def _participant(text: str) -> tuple[str, str]:
    user, _, duty = text.rpartition(":")
    if not user or duty not in get_args(Role):
        known = ", ".join(get_args(Role))
        raise argparse.ArgumentTypeError(f"{text}: write USER:DUTY, of duties {known}")
    return user, duty


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text}: must be more than 0")
    return value


if __name__ == "__main__":
    sys.exit(main())
