"""Fields that a room adds to a type of a room below it, which knows nothing of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import graphene

Fields = TypeVar("Fields", bound=type)


def extend(type_: type[graphene.ObjectType]) -> Callable[[Fields], Fields]:
    """Class decorator: the fields of the class and their resolvers become fields of the type.

    @extend(VariantType)
    class VariantPrices:
        \"\"\"What a variant costs.\"\"\"
        price = Field(VariantPriceType, description="What the reader pays.")
        def resolve_price(root, info): ...
    """

    def add(declared: Fields) -> Fields:
        for name, field in vars(declared).items():
            if not isinstance(field, graphene.Field):
                continue
            known = type_._meta.fields.get(name)
            if known is not None and known is not field:
                raise RuntimeError(f"{type_._meta.name}.{name} is declared twice")
            field.resolver = field.resolver or vars(declared).get(f"resolve_{name}")
            type_._meta.fields[name] = field
        return declared

    return add
