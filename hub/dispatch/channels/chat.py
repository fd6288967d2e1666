"""Chat robots of WeCom, DingTalk and Feishu by Apprise: a person enters the robot's token."""

from typing import Self

from hub.dispatch import apprise_address
from hub.dispatch.channel import Channel, Message, NothingToSend, Outcome, Setup, register
from hub.people.addresses import AddressField
from rules.vocabulary.text import Text

_URLS = {
    "wecom": "wecombot://{token}",
    "dingtalk": "dingtalk://{token}",
    "feishu": "feishu://{token}",
}


def masked_chat(chat: str) -> str:
    """`wecom:****`: whoever has a robot's token can write to the person."""
    return f"{chat.partition(':')[0]}:****"


CHAT = AddressField(
    "chat",
    Text(en="Chat robot", zh="群聊机器人"),
    Text(
        en="wecom, dingtalk or feishu, a colon, and the token of the robot's webhook.",
        zh="wecom、dingtalk 或 feishu，加冒号，再加机器人 webhook 的令牌。",
    ),
    "wecom:0123456789abcdef",
    mask=masked_chat,
    pattern=r"^(wecom|dingtalk|feishu):[A-Za-z0-9_\-]{8,100}$",
)


@register
class Chat(Channel):
    """Writes by the person's own robot, so that it needs no options."""

    name = "chat"
    label = Text(en="by chat", zh="群聊机器人")
    place = 6
    sides = frozenset({"households", "staff"})
    goes_to = CHAT
    evidence = frozenset({"sent"})
    deduplicates = False

    @classmethod
    def made(cls, setup: Setup) -> Self:
        return cls()

    def send(self, message: Message, /) -> Outcome:
        """Hand it to the robot."""
        service, _, token = message.addresses.get(CHAT.name, "").partition(":")
        if service not in _URLS:
            return NothingToSend("no address for this channel")
        return apprise_address.send(_URLS[service].format(token=token), message.words_with_page)
