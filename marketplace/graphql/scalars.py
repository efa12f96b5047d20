"""Scalars of the schema: decimals as strings, times with their zone, uploaded files."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import graphene
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from graphql import GraphQLError, GraphQLString, IntValueNode, StringValueNode
from graphql.language import FloatValueNode, ValueNode

from marketplace.core.instants import BEGINNING, FOREVER

_LONGEST = 40
_FIRST_YEAR, _LAST_YEAR = 1000, 9000


def plain(number: decimal.Decimal) -> str:
    """A decimal without exponent, with the places it has: `12.3400`."""
    return format(number, "f")


def trimmed(number: decimal.Decimal) -> str:
    """A decimal without exponent and without zeros at its end: `12.34`, `100`."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def parse_decimal(value: Any) -> decimal.Decimal:
    """A decimal from a string or an integer; raises GraphQLError for a float, which has lost digits already."""
    if isinstance(value, bool) or not isinstance(value, str | int | decimal.Decimal):
        raise GraphQLError('Write decimals as strings, such as "12.50": a floating-point number is not exact.')
    try:
        number = decimal.Decimal(value.strip() if isinstance(value, str) else value)
    except (decimal.InvalidOperation, ValueError):
        raise GraphQLError(f"Not a decimal number: {str(value)[:_LONGEST]!r}.") from None
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST or len(number.as_tuple().digits) > _LONGEST:
        raise GraphQLError(f"Not a decimal number within reach: {str(value)[:_LONGEST]!r}.")
    return number


def _decimal_literal(node: ValueNode, _variables: Any = None) -> decimal.Decimal:
    if isinstance(node, StringValueNode | IntValueNode):
        return parse_decimal(node.value)
    if isinstance(node, FloatValueNode):
        return parse_decimal(float(node.value))
    raise GraphQLError('Write decimals as strings, such as "12.50".', node)


class Decimal(graphene.Scalar):
    """An exact decimal number, written as a string without exponent: `"12.50"`. Input may also be an integer."""

    exact_class = str  # a resolver's own string is taken as it is

    @staticmethod
    def serialize(value: Any) -> str:
        return plain(value if isinstance(value, decimal.Decimal) else parse_decimal(value))

    parse_value = staticmethod(parse_decimal)
    parse_literal = staticmethod(_decimal_literal)


class Quantity(graphene.Scalar):
    """An exact quantity in the unit of measure beside it, as a string without zeros at its end: `"12.5"`."""

    @staticmethod
    def serialize(value: Any) -> str:
        return trimmed(value if isinstance(value, decimal.Decimal) else parse_decimal(value))

    parse_value = staticmethod(parse_decimal)
    parse_literal = staticmethod(_decimal_literal)


def _string_literal(parse: Any) -> Any:
    def parse_literal(node: ValueNode, _variables: Any = None) -> Any:
        if isinstance(node, StringValueNode):
            return parse(node.value)
        raise GraphQLError("Expected a string.", node)

    return staticmethod(parse_literal)


def _parse_instant(value: Any) -> dt.datetime:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    # Nearer to the ends of the calendar an instant has no day in some zones, and nobody could read it back.
    if found is None or not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise GraphQLError('Not an instant in ISO 8601, such as "2026-03-01T09:30:00+08:00".')
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _parse_day(value: Any) -> dt.date:
    try:
        found = parse_date(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise GraphQLError('Not a date in ISO 8601, such as "2026-03-01".')
    return found


class DateTime(graphene.Scalar):
    """An instant in ISO 8601. Answers are in UTC; input without a zone is read in the organization's."""

    @staticmethod
    def serialize(value: Any) -> str:
        if not isinstance(value, dt.datetime) or value in (BEGINNING, FOREVER):
            raise GraphQLError("Not an instant.")
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")

    parse_value = staticmethod(_parse_instant)
    parse_literal = _string_literal(_parse_instant)


class Date(graphene.Scalar):
    """A calendar day in ISO 8601: `"2026-03-01"`."""

    @staticmethod
    def serialize(value: Any) -> str:
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            raise GraphQLError("Not a date.")
        return value.isoformat()

    parse_value = staticmethod(_parse_day)
    parse_literal = _string_literal(_parse_day)


class Json(graphene.Scalar):
    """Any JSON value, for payloads whose shape is named by another field."""

    @staticmethod
    def serialize(value: Any) -> Any:
        return value

    @staticmethod
    def parse_value(value: Any) -> Any:
        return value

    @staticmethod
    def parse_literal(node: ValueNode, variables: Any = None) -> Any:
        from graphql import value_from_ast_untyped

        return value_from_ast_untyped(node, variables)


class Upload(graphene.Scalar):
    """A file of a multipart request (graphql-multipart-request-spec). Only as a variable, never in an answer."""

    @staticmethod
    def serialize(_value: Any) -> Any:
        raise GraphQLError("A file is not part of an answer.")

    @staticmethod
    def parse_value(value: Any) -> Any:
        if not hasattr(value, "chunks"):
            raise GraphQLError("Send the file as a part of a multipart request.")
        return value

    @staticmethod
    def parse_literal(node: ValueNode, _variables: Any = None) -> Any:
        raise GraphQLError("Send the file as a variable of a multipart request.", node)


def storable(parse: Any) -> Any:
    """A parser of strings that refuses the character NUL: PostgreSQL stores none, and no text needs one."""

    def parsed(*given: Any) -> Any:
        value = parse(*given)
        if "\x00" in value:
            raise GraphQLError("Text cannot contain the character NUL.")
        return value

    return parsed


# The one String of graphql-core itself, so that every text of every room is refused before any resolver sees it.
GraphQLString.parse_value = storable(GraphQLString.parse_value)  # type: ignore[method-assign]
GraphQLString.parse_literal = storable(GraphQLString.parse_literal)  # type: ignore[method-assign]
