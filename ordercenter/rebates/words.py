"""Periods, audiences and sources as people name them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from ordercenter.rebates.compute.periods import FIRST_DAY, LAST_DAY
from ordercenter.rebates.enums import RebatePeriod

if TYPE_CHECKING:
    from ordercenter.rebates.models import RebateBeneficiary


def period_name(kind: str, start: date, end: date) -> str:
    """A period in words: 2026 Q1, 2026-02, week 7 of 2026, 2026, or its days."""
    if kind == RebatePeriod.YEAR:
        return str(start.year)
    if kind == RebatePeriod.QUARTER:
        return _("%(year)s Q%(quarter)s") % {"year": start.year, "quarter": (start.month + 2) // 3}
    if kind == RebatePeriod.MONTH:
        return f"{start.year}-{start.month:02}"
    if kind == RebatePeriod.WEEK:
        year, week, _day = start.isocalendar()
        return _("%(year)s week %(week)s") % {"year": year, "week": week}
    return _term(start, end)


def _term(start: date, end: date) -> str:
    if start == FIRST_DAY and end == LAST_DAY:
        return _("Whole term")
    if end == LAST_DAY:
        return _("from %(day)s") % {"day": start.isoformat()}
    last = (end - timedelta(days=1)).isoformat()
    if start == FIRST_DAY:
        return _("until %(day)s") % {"day": last}
    return f"{start.isoformat()} – {last}"


def whom_name(row: RebateBeneficiary) -> str:
    """Whom a row of an audience names."""
    if row.partnership:
        return row.partnership.downstream.shown_name
    named = row.group or row.grade
    return named.name if named else _("Everyone")


def source_name(kind: str) -> str:
    """The document line an accrual comes from."""
    names = {
        "order_line": _("Order"),
        "shipment_line": _("Shipment"),
        "receipt_line": _("Receipt"),
        "invoice_line": _("Invoice"),
        "paid_invoice_line": _("Invoice"),
        "rebate_settlement": _("Rebate settlement"),
        "manual": _("Manual adjustment"),
        "close": _("Period close"),
        "base": _("Base change"),
    }
    return names.get(kind, kind)
