"""The household's own page: a notice is there as soon as it is in the database."""

from typing import Self

from hub.dispatch.channel import Channel, Message, Outcome, Sent, Setup, register
from rules.vocabulary.text import Text


@register
class ResidentPage(Channel):
    """Open pages are woken by the live feed; there is nothing to send."""

    name = "resident_page"
    label = Text(en="on the household's page", zh="住户页面")
    place = 1
    sides = frozenset({"households"})
    goes_to = "household"
    evidence = frozenset({"posted", "read"})
    refusable = False
    at_once = 500
    patience_s = 5.0

    @classmethod
    def made(cls, setup: Setup) -> Self:
        return cls()

    def send(self, _: Message, /) -> Outcome:
        """The notice can be seen."""
        return Sent("shown")
