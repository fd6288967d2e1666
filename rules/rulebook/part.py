"""The form that every part of a rulebook shares: frozen, and without unknown fields."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of a rulebook, or all of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
