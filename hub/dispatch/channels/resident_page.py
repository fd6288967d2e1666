"""The household's own page: a notice is there as soon as it is in the database."""

from hub.dispatch.channel import Message, Outcome, Sent
from rules.records.notices import Channel as ChannelName


class ResidentPage:
    """Open pages are woken by the live feed; there is nothing to send."""

    name: ChannelName = "resident_page"
    deduplicates = True
    at_once = 500
    patience_s = 5.0

    def send(self, _: Message, /) -> Outcome:
        """The notice can be seen."""
        return Sent("shown")
