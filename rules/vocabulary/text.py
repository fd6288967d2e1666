"""Words shown to people, always in both languages of the product."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Text:
    """One message in English and in Simplified Chinese; `{name}` marks a placeholder."""

    en: Annotated[str, Field(description="In English.")]
    zh: Annotated[str, Field(description="In Simplified Chinese.")]

    def fill(self, **values: "str | Text") -> "Text":
        """Both languages with their placeholders filled.

        Raises KeyError: the text has a placeholder that `values` does not name.
        """
        return Text(
            en=self.en.format_map({k: _in(v, "en") for k, v in values.items()}),
            zh=self.zh.format_map({k: _in(v, "zh") for k, v in values.items()}),
        )

    def in_(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


def _in(value: str | Text, language: Language) -> str:
    return value if isinstance(value, str) else value.in_(language)
