"""SMS, chat and mail by Apprise: to the household's own address, and no secret in a log."""

import json
import logging
from dataclasses import replace

import pytest

from hub.dispatch.apprise_address import is_usable
from hub.dispatch.channel import Channel, Message, NothingToSend, Retry, Sent
from hub.dispatch.channels.chat import Chat
from hub.dispatch.channels.mail import MAIL, Mail
from hub.dispatch.channels.sms import Sms
from hub.people.addresses import PHONE, AddressField
from tests.rig.endpoints import Endpoint


@pytest.fixture
def reachable(message: Message) -> Message:
    addresses = {"phone": "+86 138-0000-5678", "mail": "a+b@example.org"}
    return replace(message, words="Leak at 02-01.", addresses=addresses)


def template(receiver: Endpoint, path: str) -> str:
    return f"{receiver.url.replace('http', 'json', 1)}/{path}"


def test_sms_goes_to_the_households_number_in_its_language(
    receiver: Endpoint, reachable: Message
) -> None:
    channel = Sms(template(receiver, "sms/{phone}"))
    assert channel.send(reachable) == Sent("taken")
    [call] = receiver.calls
    assert call.path.replace("%2B", "+") == "/sms/+8613800005678"
    assert json.loads(call.body)["message"] == "Leak at 02-01."


def test_provider_is_told_where_to_report_and_nothing_counts_as_delivered_before(
    receiver: Endpoint, reachable: Message
) -> None:
    address = template(receiver, "sms/{phone}?:report={receipt}")
    channel = Sms(address, receipt_url=lambda key: f"https://hub/r?k={key}&x=1")
    assert channel.send(reachable) == Sent("taken", receipt_follows=True)
    body = json.loads(receiver.calls[0].body)
    assert body["report"] == "https://hub/r?k=harbour-n7/webhook&x=1"


def test_address_cannot_break_out_of_its_place(receiver: Endpoint, reachable: Message) -> None:
    evil = replace(reachable, addresses={"mail": "a@b/../../x?y=z&to=c@d"})
    channel = Mail(template(receiver, "mail/{mail}/end"))
    assert channel.send(evil) == Sent("taken")
    [call] = receiver.calls
    assert call.path.endswith("/end")
    assert "?" not in call.path


@pytest.mark.parametrize(
    "channel", [Sms("json://127.0.0.1:9/{phone}"), Mail("json://127.0.0.1:9/{mail}"), Chat()]
)
def test_household_without_an_address_has_nothing_sent(channel: Channel, message: Message) -> None:
    assert channel.send(message) == NothingToSend("no address for this channel")


def test_provider_that_does_not_take_it_is_tried_again_and_its_address_is_not_logged(
    receiver: Endpoint, reachable: Message, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.statuses = [500]
    secret = template(receiver, "{phone}").replace("json://", "json://user:secretword@")
    with caplog.at_level(logging.DEBUG):
        assert Sms(secret).send(reachable) == Retry("not taken")
    assert "secretword" not in caplog.text
    assert "13800005678" not in caplog.text


@pytest.mark.parametrize(
    ("template", "field", "usable"),
    [
        ("mailtos://user:pass@smtp.example.org?to={mail}", MAIL, True),
        ("json://gateway.example.org/{phone}?:report={receipt}", PHONE, True),
        ("nonsense", PHONE, False),
    ],
)
def test_template_is_checked_before_it_is_needed(
    template: str, field: AddressField, usable: bool
) -> None:
    assert is_usable(template, field) is usable
