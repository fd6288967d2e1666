"""The channels that there are: each registers itself when its file is imported."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from hub.dispatch import channels
from hub.dispatch.channel import REGISTERED, Channel, Setup, SideName
from hub.people.addresses import AddressField
from hub.settings import HubSettings
from rules.records.notices import Channel as ChannelName
from store.database.settings import Options


@cache
def registered() -> Mapping[ChannelName, type[Channel]]:
    """Every channel of the folder, by name, in the order in which people are shown them."""
    for module in iter_modules(channels.__path__, f"{channels.__name__}."):
        import_module(module.name)
    return dict(sorted(REGISTERED.items(), key=lambda kind: (kind[1].place, kind[0])))


def of_side(side: SideName) -> list[ChannelName]:
    """The channels that a policy may name for this side."""
    return sorted(name for name, kind in registered().items() if side in kind.sides)


def set_up(settings: HubSettings, side: SideName) -> list[type[Channel]]:
    """The channels to this side whose options are given."""
    return [
        kind for kind in registered().values() if side in kind.sides and kind.is_set_up(settings)
    ]


def made(setup: Setup, side: SideName) -> list[Channel]:
    """The channels to this side that are set up, ready to send."""
    return [kind.made(setup) for kind in set_up(setup.settings, side)]


def address_fields() -> dict[str, AddressField]:
    """Every kind of address at which some channel reaches people, by name."""
    kinds = [kind.goes_to for kind in registered().values()]
    return {kind.name: kind for kind in kinds if isinstance(kind, AddressField)}


def options() -> list[type[Options]]:
    """The options of all channels."""
    return [kind.options for kind in registered().values() if kind.options is not None]
