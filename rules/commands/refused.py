"""Why a command cannot take effect."""


class Refused(Exception):
    """The command cannot take effect. `code` is stable, the message says the remedy."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
