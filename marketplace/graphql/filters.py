"""Filters of a connection: an input object whose fields say how each narrows the query set."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from django.db.models import Q, QuerySet

from marketplace.core.errors import DomainError
from marketplace.graphql.ids import from_global_id
from marketplace.graphql.scalars import Date, DateTime, Decimal


class Filter(graphene.InputField):
    """One value: `Filter(graphene.String, lookup="number__istartswith")`.

    Without a lookup the FilterInput's method `filter_<name>(queryset, value, info)` narrows the rows.
    """

    def __init__(self, type_: Any, lookup: str | None = None, **options: Any) -> None:
        super().__init__(type_, **options)
        self.lookup = lookup

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """The rows for which the lookup holds."""
        return rows.filter(**{str(self.lookup): value})


class ListFilter(Filter):
    """Any of several values: `ListFilter(enum_of(OrderStatus), lookup="status")`. An empty list finds nothing."""

    def __init__(self, type_: Any, lookup: str | None = None, **options: Any) -> None:
        super().__init__(graphene.List(graphene.NonNull(type_)), lookup, **options)

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{self.lookup}__in": value})


class IdFilter(Filter):
    """Objects by their global ids: `IdFilter("Organization", lookup="seller")`. A foreign id finds nothing."""

    def __init__(self, type_: Any, lookup: str | None = None, **options: Any) -> None:
        super().__init__(graphene.List(graphene.NonNull(graphene.ID)), lookup, **options)
        self.expected = type_

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        keys = []
        for gid in value:
            try:
                keys.append(from_global_id(gid, self.expected))
            except DomainError:
                continue
        found = Q(**{f"{self.lookup}__in": keys})
        if rows.model._meta.get_field(str(self.lookup).partition("__")[0]).many_to_one:
            return rows.filter(found)
        # Not by a join: a row with two of them would be there twice.
        return rows.filter(pk__in=rows.model._base_manager.filter(found).values("pk"))


class TextFilter(Filter):
    """Text contained in any of several columns, case-insensitively: `TextFilter(lookups=("number", "note"))`."""

    def __init__(self, lookups: tuple[str, ...], **options: Any) -> None:
        super().__init__(graphene.String, **options)
        self.lookup = lookups[0]
        self.lookups = lookups

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        text = value.strip()
        anywhere = Q()
        for lookup in self.lookups:
            anywhere |= Q(**{f"{lookup}__icontains": text})
        return rows.filter(anywhere) if text else rows


class DateTimeRange(graphene.InputObjectType):
    """From an instant (included) to another (excluded); either may be open."""

    gte = DateTime(description="Not before.")
    lt = DateTime(description="Before.")


class DateRange(graphene.InputObjectType):
    """From a day to another, both included; either may be open."""

    gte = Date(description="Not before.")
    lte = Date(description="Not after.")


class DecimalRange(graphene.InputObjectType):
    """From a number to another, both included; either may be open."""

    gte = Decimal(description="At least.")
    lte = Decimal(description="At most.")


class RangeFilter(Filter):
    """A range of instants, days or decimals: `RangeFilter(DateTimeRange, lookup="placed_at")`."""

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        bounds = {f"{self.lookup}__{name}": bound for name, bound in value.items() if bound is not None}
        return rows.filter(**bounds)


class FilterInput(graphene.InputObjectType):
    """Base of filters: fields are joined by AND; a field that is absent or null does not narrow.

    class OrderFilter(FilterInput):
        \"\"\"Narrows orders.\"\"\"
        status = ListFilter(enum_of(OrderStatus), lookup="status", description="In any of these states.")
        late = Filter(graphene.Boolean, description="Past their wished date.")

        @staticmethod
        def filter_late(queryset, value, info): ...
    """

    _narrows: ClassVar[dict[str, Any]] = {}

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, **options: Any) -> None:
        super().__init_subclass_with_meta__(**options)
        cls._narrows = {}
        for name, field in cls._meta.fields.items():
            method = getattr(cls, f"filter_{name}", None)
            assert method or getattr(field, "lookup", None), f"{cls.__name__}.{name} needs a lookup or filter_{name}"
            cls._narrows[name] = method or field

    @classmethod
    def apply(cls, rows: QuerySet[Any], values: dict[str, Any] | None, info: Any = None) -> QuerySet[Any]:
        """The rows that every given field lets through."""
        for name, value in (values or {}).items():
            if value is None:
                continue
            how = cls._narrows[name]
            rows = how.narrow(rows, value) if isinstance(how, Filter) else how(rows, value, info)
        return rows
