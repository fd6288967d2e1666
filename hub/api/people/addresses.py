"""A person's addresses in the API: one field for each kind at which some channel reaches people."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, cast

from pydantic import AfterValidator, BaseModel, Field, create_model

from hub.dispatch.registry import address_fields
from hub.people.addresses import LONGEST

M = TypeVar("M", bound=type[BaseModel])


def with_addresses_to_enter(model: M) -> M:
    """The model with what may be entered; each fault says the remedy."""
    return _extended(
        model,
        {
            name: (
                Annotated[
                    Annotated[str, AfterValidator(kind.check)] | None,
                    Field(
                        max_length=LONGEST,
                        pattern=kind.pattern,
                        description=kind.hint.en,
                        examples=[kind.example],
                    ),
                ],
                None,
            )
            for name, kind in address_fields().items()
        },
    )


def with_addresses(model: M) -> M:
    """The model with what is kept, null where it is not."""
    return _extended(model, dict.fromkeys(address_fields(), (str | None, ...)))


def entered(body: BaseModel) -> dict[str, str]:
    """The addresses that a body gives, by kind."""
    found = {name: getattr(body, name) for name in address_fields()}
    return {name: text for name, text in found.items() if text is not None}


def shown(addresses: Mapping[str, str], *, masked: bool) -> dict[str, str | None]:
    """The addresses as an answer carries them."""
    found = {name: (kind, addresses.get(name)) for name, kind in address_fields().items()}
    return {
        name: kind.mask(text) if masked and text is not None else text
        for name, (kind, text) in found.items()
    }


def _extended(model: M, fields: dict[str, Any]) -> M:
    name, doc = model.__name__, model.__doc__
    return cast("M", create_model(name, __base__=model, __doc__=doc, **fields))
