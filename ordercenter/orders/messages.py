"""One sentence for each step of an order's story, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.events import label_of
from ordercenter.orders.enums import CancellationKind, HoldReason
from ordercenter.orders.models import OrderEvent

Sentence = Callable[[dict[str, Any]], str]


def message_of(event: OrderEvent) -> str:
    """What happened, as a sentence."""
    sentence = SENTENCES.get(event.kind)
    return sentence(event.data) if sentence else str(label_of(event.kind))


def note_of(event: OrderEvent) -> str | None:
    """What the person who took the step wrote beside it."""
    reason = event.data.get("reason")
    if reason == CancellationKind.SHORT.value:
        return None
    return event.data.get("granted") or reason or event.data.get("note") or None


def _counted(data: dict[str, Any]) -> dict[str, Any]:
    return {"lines": data.get("lines", 0), "number": data.get("number", "")}


def _placed(data: dict[str, Any]) -> str:
    lines = data.get("lines", 0)
    return ngettext("Placed with %(lines)s line", "Placed with %(lines)s lines", lines) % _counted(data)


def _confirmed(data: dict[str, Any]) -> str:
    if data.get("moves", {}).get("allocated"):
        return _("Confirmed, and stock promised")
    return _("Confirmed")


def _changed(data: dict[str, Any]) -> str:
    lines = data.get("lines", 0)
    if not lines:
        return _("Wished day, reference or note changed")
    return ngettext("%(lines)s line changed", "%(lines)s lines changed", lines) % _counted(data)


def _cancelled(data: dict[str, Any]) -> str:
    lines = data.get("lines", 0)
    if data.get("reason") == CancellationKind.SHORT.value:
        text = ngettext("%(lines)s line cut: stock is short", "%(lines)s lines cut: stock is short", lines)
    elif data.get("whole"):
        return _("Cancelled, as the buyer has asked") if "granted" in data else _("Cancelled")
    else:
        text = ngettext("A quantity of %(lines)s line cancelled", "Quantities of %(lines)s lines cancelled", lines)
    return text % _counted(data)


def _allocated(data: dict[str, Any]) -> str:
    lines = data.get("lines", 0)
    text = ngettext("Stock has come for %(lines)s line", "Stock has come for %(lines)s lines", lines)
    return text % _counted(data)


def _freed(data: dict[str, Any]) -> str:
    lines = data.get("lines", 0)
    text = ngettext(
        "Stock promised to %(lines)s line turned out to be missing",
        "Stock promised to %(lines)s lines turned out to be missing",
        lines,
    )
    return text % _counted(data)


def _shipped(data: dict[str, Any]) -> str:
    lines = data.get("lines", 0)
    return ngettext("%(lines)s line shipped in %(number)s", "%(lines)s lines shipped in %(number)s", lines) % _counted(
        data
    )


def _received(data: dict[str, Any]) -> str:
    lines, differed = data.get("lines", 0), data.get("differed", 0)
    text = ngettext("%(lines)s line received in %(number)s", "%(lines)s lines received in %(number)s", lines)
    told = text % _counted(data)
    if not differed:
        return told
    more = ngettext("%(differed)s with a difference", "%(differed)s with differences", differed)
    return f"{told} · {more % {'differed': differed}}"


def _closed(data: dict[str, Any]) -> str:
    lines = data.get("lines", 0)
    text = ngettext("Closed: the rest of %(lines)s line dropped", "Closed: the rest of %(lines)s lines dropped", lines)
    return text % _counted(data)


def _reasons(data: dict[str, Any]) -> dict[str, str]:
    known = [str(HoldReason(reason).label) for reason in data.get("reasons", ()) if reason in HoldReason.values]
    return {"reasons": " · ".join(known)}


def _hold_released(data: dict[str, Any]) -> str:
    if data.get("reason"):
        return _("Released from hold: %(reasons)s") % _reasons(data)
    return _("Released from hold by itself: %(reasons)s") % _reasons(data)


def _cancel_requested(data: dict[str, Any]) -> str:
    lines = data.get("lines", 0)
    if not lines:
        return _("The buyer asks to cancel")
    text = ngettext(
        "The buyer asks to cancel a quantity of %(lines)s line",
        "The buyer asks to cancel quantities of %(lines)s lines",
        lines,
    )
    return text % _counted(data)


SENTENCES: dict[str, Sentence] = {
    "order.placed": _placed,
    "order.confirmed": _confirmed,
    "order.declined": lambda _data: _("Declined"),
    "order.changed": _changed,
    "order.cancelled": _cancelled,
    "order.cancel_requested": _cancel_requested,
    "order.cancel_declined": lambda _data: _("The seller goes on with the order"),
    "order.cancel_withdrawn": lambda _data: _("The buyer no longer asks to cancel"),
    "order.held": lambda data: _("On hold: %(reasons)s") % _reasons(data),
    "order.hold_released": _hold_released,
    "order.file_added": lambda data: _("File added: %(file)s") % {"file": data.get("file", "")},
    "order.file_removed": lambda data: _("File removed: %(file)s") % {"file": data.get("file", "")},
    "order.allocated": _allocated,
    "order.freed": _freed,
    "order.shipped": _shipped,
    "order.received": _received,
    "order.completed": lambda _data: _("Completed: everything has been received"),
    "order.closed": _closed,
    "order.reopened": lambda _data: _("Reopened: what the closing dropped is open again"),
}
