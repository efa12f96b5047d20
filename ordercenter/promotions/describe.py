"""A promotion in one sentence, in the reader's language: for lists, buyers, hints and the pages of orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.money import exponent


def described(configuration: Mapping[str, Any]) -> str:
    """What a promotion does, from its configuration: "8% off each line", "50.00 off for every full 1,000.00"."""
    sentence = _SENTENCES[configuration["effect"]](configuration)
    most = configuration.get("max_discount")
    if most:
        sentence = _("%(what)s, at most %(most)s") % {"what": sentence, "most": money(most, configuration)}
    return sentence


def _percent_off(data: Mapping[str, Any]) -> str:
    return _from(data, _("%(percent)s%% off") % {"percent": number(data["value"])})


def _amount_off(data: Mapping[str, Any]) -> str:
    off = money(data["value"], data)
    text = _("%(amount)s off a piece") if data["level"] == "line" else _("%(amount)s off")
    return _from(data, text % {"amount": off})


def _threshold_off(data: Mapping[str, Any]) -> str:
    if data["tiers"]:
        return "; ".join(_tier(data, tier) for tier in data["tiers"])
    off = _("%(amount)s off") % {"amount": money(data["value"], data)}
    if data["every"]:
        values = {"what": off, "threshold": threshold(data["every"], data)}
        sentence = _("%(what)s for every full %(threshold)s") % values
        times = data["max_times"]
        if times:
            limit = ngettext("at most once", "at most %(times)s times", times) % {"times": times}
            return f"{sentence}, {limit}"
        return sentence
    return _from(data, off)


def _tier(data: Mapping[str, Any], tier: Mapping[str, Any]) -> str:
    if tier["reward"] == "percent":
        what = _("%(percent)s%% off") % {"percent": number(tier["value"])}
    elif tier["reward"] == "gifts":
        what = _("a gift")
    else:
        what = _("%(amount)s off") % {"amount": money(tier["value"], data)}
    return _("%(what)s from %(threshold)s") % {"threshold": threshold(tier["threshold"], data), "what": what}


def _gift(data: Mapping[str, Any]) -> str:
    if data["level"] == "line":
        values = {"buy": number(data["buy"]), "get": number(data["get"]), "percent": number(data["value"])}
        if Decimal(data["value"]) == 100:
            return _from(data, _("buy %(buy)s, get %(get)s free") % values)
        return _from(data, _("buy %(buy)s, get %(get)s at %(percent)s%% off") % values)
    if data["tiers"]:
        return "; ".join(_tier(data, tier) for tier in data["tiers"])
    if data["every"]:
        return _("a gift for every full %(threshold)s") % {"threshold": threshold(data["every"], data)}
    return _from(data, _("a gift"))


def _fixed_price(data: Mapping[str, Any]) -> str:
    if not data["components"]:
        return _from(data, _("%(price)s a piece") % {"price": money(data["value"], data)})
    if data["reward"] == "percent":
        return _("%(percent)s%% off a set") % {"percent": number(data["value"])}
    if data["reward"] == "amount":
        return _("%(amount)s off a set") % {"amount": money(data["value"], data)}
    return _("%(price)s for a set") % {"price": money(data["value"], data)}


def _add_on(data: Mapping[str, Any]) -> str:
    return _from(data, _("add-ons at a special price"))


def _free_freight(data: Mapping[str, Any]) -> str:
    if data["reward"] == "amount":
        return _from(data, _("%(amount)s off the freight") % {"amount": money(data["value"], data)})
    if Decimal(data["value"]) == 100:
        return _from(data, _("free freight"))
    return _from(data, _("%(percent)s%% off the freight") % {"percent": number(data["value"])})


def _from(data: Mapping[str, Any], what: str) -> str:
    if not Decimal(data["minimum"] or 0):
        return what
    return _("%(what)s from %(threshold)s") % {"threshold": threshold(data["minimum"], data), "what": what}


_SENTENCES = {
    "percent_off": _percent_off,
    "amount_off": _amount_off,
    "threshold_off": _threshold_off,
    "gift": _gift,
    "fixed_price": _fixed_price,
    "add_on": _add_on,
    "free_freight": _free_freight,
}


def threshold(value: Any, data: Mapping[str, Any]) -> str:
    """A threshold as people read it: money, or a quantity."""
    if data["threshold_on"] == "quantity":
        count = Decimal(value)
        return ngettext("%(count)s piece", "%(count)s pieces", 1 if count == 1 else 2) % {"count": number(value)}
    return money(value, data)


def money(value: Any, data: Mapping[str, Any]) -> str:
    """An amount with its currency's sign; whole amounts without decimals."""
    amount = Decimal(value or 0)
    places = 0 if amount == amount.to_integral_value() else max(exponent(data["currency"]), -amount.as_tuple().exponent)  # type: ignore[operator]
    sign = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}.get(data["currency"], f"{data['currency']} ")
    return f"{sign}{amount:,.{places}f}"


def number(value: Any) -> str:
    """A number without zeros at its end."""
    return f"{Decimal(value or 0).normalize():,f}"
