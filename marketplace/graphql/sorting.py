"""Sorting of a connection: named keys, a direction, and the primary key so that the order is total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import graphene
from django.db.models import F, Model, QuerySet


class SortDirection(graphene.Enum):
    """Which end comes first."""

    ASC = "asc"
    DESC = "desc"

    @property
    def description(self) -> str:
        return {"asc": "Smallest first.", "desc": "Largest first."}[self.value]


@dataclass(frozen=True)
class SortKey:
    """Columns (or annotations, or paths such as `buyer__name`) to sort by, each with `-` when it runs the other way.

    `nullable` when a value may be null: nulls count as larger than everything, as PostgreSQL has it.
    """

    columns: tuple[str, ...]
    description: str
    nullable: bool = False

    @classmethod
    def of(cls, *columns: str, description: str, nullable: bool = False) -> SortKey:
        return cls(columns, description, nullable)


@dataclass(frozen=True)
class Column:
    """One part of a total order."""

    path: str
    descending: bool
    nullable: bool

    @property
    def is_far(self) -> bool:
        """True for a column of another table, which is fetched beside the row."""
        return "__" in self.path

    def attribute(self, model: type[Model]) -> str:
        """Where a fetched row keeps the value: a foreign key as its number, never as the object behind it."""
        if self.is_far:
            return f"sort_{self.path}"
        field = next((field for field in model._meta.concrete_fields if field.name == self.path), None)
        return self.path if field is None else field.attname


@dataclass(frozen=True)
class Order:
    """A total order of rows: columns, the last of which is the primary key."""

    columns: tuple[Column, ...]

    @classmethod
    def of(cls, key: SortKey | None, descending: bool) -> Order:
        parts = key.columns if key else ()
        columns = [
            Column(part.lstrip("-"), part.startswith("-") != descending, bool(key and key.nullable)) for part in parts
        ]
        return cls((*columns, Column("pk", descending, False)))

    @property
    def name(self) -> str:
        """Stands in the cursors, so that one is not used with another order."""
        return ",".join(("-" if column.descending else "") + column.path for column in self.columns)

    def arrange(self, rows: QuerySet[Any], backward: bool) -> QuerySet[Any]:
        """The rows in this order, or in its reverse, with every sort value at hand."""
        paths = {column.attribute(rows.model): F(column.path) for column in self.columns if column.is_far}
        if paths:
            rows = rows.annotate(**paths)
        return rows.order_by(*[("-" if c.descending != backward else "") + c.path for c in self.columns])


class Sort:
    """Base of sortings. The class body names the keys; `default` is one of them, with `-` for descending.

    class OrderSort(Sort, default="-PLACED_AT"):
        \"\"\"Keys that orders are sorted by.\"\"\"
        PLACED_AT = SortKey.of("placed_at", description="When it was placed.", nullable=True)
        NUMBER = SortKey.of("number", description="The seller's number.")
    """

    keys: ClassVar[dict[str, SortKey]] = {}
    default: ClassVar[str] = ""
    input: ClassVar[Any] = None

    def __init_subclass__(cls, default: str = "", name: str | None = None) -> None:
        base = (name or cls.__name__).removesuffix("Sort")
        cls.keys = {key: value for key, value in vars(cls).items() if isinstance(value, SortKey)}
        assert default.lstrip("-") in cls.keys or not default, f"{cls.__name__} has no key {default}"
        cls.default = default
        docs = {key: value.description for key, value in cls.keys.items()}
        text = (cls.__doc__ or "Keys to sort by.").strip().splitlines()[0]
        values = graphene.Enum(
            f"{base}SortField",
            [(key, key.lower()) for key in cls.keys],
            description=lambda member: text if member is None else docs[member.name],
        )
        cls.input = type(
            f"{base}Sort",
            (graphene.InputObjectType,),
            {
                "__doc__": text,
                "field": graphene.InputField(values, required=True, description="The key."),
                "direction": graphene.InputField(
                    SortDirection, default_value=SortDirection.ASC, description="Which end comes first."
                ),
            },
        )

    @classmethod
    def order(cls, given: dict[str, Any] | None) -> Order:
        """The total order of a `sortBy` argument, or the default one."""
        if given is None:
            key = cls.default.lstrip("-")
            return Order.of(cls.keys.get(key), cls.default.startswith("-"))
        field, direction = given["field"], given.get("direction")
        name = getattr(field, "name", str(field)).upper()
        return Order.of(cls.keys[name], getattr(direction, "value", direction) == "desc")
