"""From input objects to what the functions take: left out is unchanged, null is cleared, ids become keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from marketplace.core.errors import DomainError, DomainErrors
from marketplace.graphql import from_global_id

Input = Mapping[str, Any]


def given(input: Input, **renamed: str) -> dict[str, Any]:
    """The fields that were sent, by the names the function knows: `given(input, display_name="name")`.

    Ids and what is null are left to the caller: see `key` and `references`.
    """
    return {ours: input[theirs] for theirs, ours in renamed.items() if input.get(theirs) is not None}


def same(input: Input, *names: str) -> dict[str, Any]:
    """As `given`, for fields that are called the same on both sides."""
    return given(input, **{name: name for name in names})


def key(input: Input, name: str, type_name: str) -> int | None:
    """The key of an id that was sent, None for none; NOT_FOUND for one of another type."""
    gid = input.get(name)
    return None if gid is None else from_global_id(gid, type_name, name)


def references(input: Input, **types: str) -> dict[str, int | None]:
    """`<name>_id` for each id that was sent, None where null was: `references(input, group="PartnerGroup")`."""
    return {f"{name}_id": key(input, name, type_name) for name, type_name in types.items() if name in input}


@contextmanager
def renamed(**names: str) -> Iterator[None]:
    """Refusals name the field as the schema calls it: `renamed(label="name")`."""
    try:
        yield
    except DomainErrors as found:
        raise DomainErrors([_named(error, names) for error in found.errors]) from None
    except DomainError as error:
        raise _named(error, names) from None


def _named(error: DomainError, names: Mapping[str, str]) -> DomainError:
    return replace(error, field=names.get(error.field or "", error.field))
