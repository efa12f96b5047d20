"""The pricing date of a call-off, and whether a contract holds on it (contracts §1, §3, §4). Pure."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from ordercenter.contracts.enums import PricingDate


def order_day(placed_at: datetime, zone: str) -> date:
    """The day on which an order is placed, where its buyer is."""
    return placed_at.astimezone(ZoneInfo(zone)).date()


def pricing_day(rule: PricingDate | str, placed_at: datetime, zone: str, required_on: date | None) -> date:
    """The day whose price holds: the order's, or the day the goods are wished for where the contract says so.

    Receipt is not known when an order is placed: until it is, the wished day stands for it.
    """
    if rule == PricingDate.ORDER or required_on is None:
        return order_day(placed_at, zone)
    return required_on


def holds(effective_on: date, ends_on: date | None, ordered_on: date, priced_on: date) -> bool:
    """True where the pricing date lies in the window and the order is not placed after its end.

    Both days count: after the end nothing is called off any more, for whatever day.
    """
    if priced_on < effective_on:
        return False
    return ends_on is None or (priced_on <= ends_on and ordered_on <= ends_on)
