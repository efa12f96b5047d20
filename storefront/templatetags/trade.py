"""How money, quantities, days and states are written, and the small tools of the templates."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

from storefront.documents import HOME, operations
from storefront.execute import run
from storefront.frame import Frame

register = template.Library()

STREAM = "/graphql/stream"
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "TWD": "NT$"}
EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}
COLOURS = {
    "grey": (
        "DRAFT",
        "CANCELLED",
        "CREDITED",
        "CLOSED",
        "RETIRED",
        "VOIDED",
        "EXPIRED",
        "DELISTED",
        "TERMINATED",
        "UNCLAIMED",
        "WITHDRAWN",
    ),
    "orange": (
        "PLACED",
        "PENDING_APPROVAL",
        "PENDING_SIGNATURE",
        "NEEDS_ATTENTION",
        "LOW",
        "SELLER_CONFIRMATION",
        "STOCK",
        "SUSPENDED",
        "CANCEL_DECISION",
        "HELD",
    ),
    "blue": (
        "CONFIRMED",
        "SHIPPED",
        "RUNNING",
        "IN_TRANSIT",
        "SHIPMENT",
        "SCHEDULED",
        "QUEUED",
        "DELIVERED",
        "SENT",
        "ISSUED",
        "QUOTING",
        "INVITED",
    ),
    "azure": (
        "PARTIALLY_SHIPPED",
        "PARTIALLY_RECEIVED",
        "PARTIALLY_STOCKED",
        "POTENTIAL",
        "RECEIPT",
        "PARTIALLY_CREDITED",
        "QUOTES_CLOSED",
        "COMPARING",
        "REGISTERED",
    ),
    "green": (
        "COMPLETED",
        "RECEIVED",
        "STOCKED",
        "ACTIVE",
        "LISTED",
        "EFFECTIVE",
        "SUCCEEDED",
        "IN_STOCK",
        "WON",
        "PUBLISHED",
        "ACCEPTED",
        "APPROVED",
        "RELEASED",
        "SIGNED",
        "ADMITTED",
        "AWARDED",
        "OPENED",
    ),
    "red": ("DECLINED", "REJECTED", "FAILED", "OUT_OF_STOCK", "BLOCKLISTED", "REFUSED", "UNSUCCESSFUL"),
    "yellow": ("PARTIALLY_SUCCEEDED", "PAUSED"),
}
COLOUR_OF = {code: colour for colour, codes in COLOURS.items() for code in codes}
PLACEHOLDERS = ("blue", "azure", "indigo", "purple", "pink", "orange", "lime", "teal", "cyan")


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


@register.filter
def as_money(money: Mapping[str, Any] | None) -> str:
    """`{amount: "1234.5", currency: "CNY"}` as ¥1,234.50; unit prices keep up to four decimals."""
    if not money or (amount := _decimal(money["amount"])) is None:
        return "—"
    currency = money["currency"]
    least = EXPONENTS.get(currency, 2)
    digits = max(least, -int(amount.normalize().as_tuple().exponent))
    sign = "−" if amount < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{abs(amount):,.{digits}f}"


@register.filter
def as_quantity(value: Any) -> str:
    """`1200.000000` as 1,200; decimals only where there are some."""
    number = _decimal(value)
    if number is None:
        return "—"
    digits = max(0, -int(number.normalize().as_tuple().exponent))
    return f"{'−' if number < 0 else ''}{abs(number):,.{digits}f}"


@register.filter
def plain(value: Any) -> str:
    """A number for an input: no grouping, no trailing zeros."""
    number = _decimal(value)
    return "" if number is None else f"{number.normalize():f}"


def _form(chinese: str, english: str) -> str:
    return chinese if (translation.get_language() or "").startswith("zh") else english


def _instant(value: Any) -> dt.datetime | None:
    found = parse_datetime(value) if isinstance(value, str) else value
    return timezone.localtime(found) if isinstance(found, dt.datetime) and timezone.is_aware(found) else found


@register.filter
def as_datetime(value: Any) -> str:
    """An instant in the organization's zone."""
    found = _instant(value)
    return date_format(found, _form("Y-m-d H:i", "j M Y, H:i")) if found else "—"


@register.filter
def as_date(value: Any) -> str:
    """A day, or the day of an instant in the organization's zone."""
    if isinstance(value, str) and len(value) == 10:
        found: Any = parse_date(value)
    else:
        found = _instant(value)
    return date_format(found, _form("Y-m-d", "j M Y")) if found else "—"


@register.filter
def as_time(value: Any) -> str:
    """The time of day of an instant in the organization's zone."""
    found = _instant(value)
    return date_format(found, "H:i") if found else ""


@register.filter
def colour(code: str | None) -> str:
    """Colour in which a state is shown."""
    return COLOUR_OF.get(code or "", "grey")


@register.filter
def nodes(connection: Mapping[str, Any] | None) -> list[Any]:
    """The nodes of a connection."""
    return [edge["node"] for edge in (connection or {}).get("edges") or ()]


@register.filter
def at(problems: Any, name: str) -> list[str]:
    """Messages for a field of a form."""
    return problems.at(name) if problems else []


@register.filter
def typed(problems: Any, name: str) -> str:
    """What the user had typed into a field before it was refused."""
    return problems.typed.get(name, "") if problems else ""


@register.filter
def percent_of(part: Any, whole: Any) -> int:
    """Share in whole percent, for a bar of progress."""
    wide, long = _decimal(part) or Decimal(0), _decimal(whole) or Decimal(0)
    return min(100, int(wide * 100 / long)) if long > 0 else 0


@register.filter
def is_zero(value: Any) -> bool:
    """Whether a decimal string is nothing."""
    return not _decimal(value)


@register.filter
def tint(text: str) -> str:
    """A colour that stays with a name, for pictures that are missing."""
    return PLACEHOLDERS[sum(map(ord, text or "-")) % len(PLACEHOLDERS)]


@register.filter
def initials(text: str) -> str:
    """Two letters, or the first character of a Chinese name."""
    words = (text or "?").split()
    if not words[0][0].isascii():
        return words[0][0]
    return "".join(word[0] for word in words[:2]).upper()


@cache
def _svg(name: str) -> SafeString:
    file = HOME / "static" / "vendor" / "icons" / f"{name}.svg"
    if not file.exists():
        return mark_safe("")
    start = "".join(line.strip() for line in file.read_text().splitlines()).partition("<svg")[2]
    body = start.partition(">")[2].replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    head = '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    return mark_safe(f'{head} stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{body}')  # noqa: S308


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Tabler icon, drawn into the page so that it takes the colour of the words beside it."""
    return _svg("".join(name))  # a path cannot be made of the marked text that templates pass


@register.simple_tag(takes_context=True)
def surroundings(context: Context) -> Frame:
    """The frame of a page that has no document of its own, such as those of the sign-in."""
    if "frame" in context:
        return context["frame"]
    return Frame(run(context["request"], "session", "Surroundings", {}), context["request"].path)


@register.filter
def words(text: str) -> list[str]:
    """A list written as words, for a loop over a few fixed names."""
    return text.split()


@register.filter
def pairs(text: str) -> list[list[str]]:
    """`ship Ship;close Close` as a list of pairs, for dialogs that differ only by name."""
    return [pair.split() for pair in text.split(";")]


@register.filter
def backwards(items: list[Any]) -> list[Any]:
    """Latest first."""
    return items[::-1]


@register.simple_tag
def stream(document: str, name: str, **variables: str | int) -> str:
    """Address of a subscription as server-sent events, the one API clients use too (graphql-sse, distinct mode)."""
    text = operations(document)[name].text
    return f"{STREAM}?{urlencode({'query': text, 'variables': json.dumps(variables)})}"


@register.filter
def indented(name: str, level: int) -> str:
    """A category's name moved in by its depth, for a choice in which nothing else can show the tree."""
    return "\u2003" * level + name


@register.filter
def as_local(value: Any) -> str:
    """An instant for a `datetime-local` field, in the organization's zone."""
    found = _instant(value)
    return found.strftime("%Y-%m-%dT%H:%M") if found else ""
