"""Who hears of settlements: the partner when it may answer or is paid, the grantor when it has been answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import OutboxEvent
from marketplace.core.money import round_money
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from ordercenter.rebates.models import RebateSettlement

REBATES = gettext_lazy("Rebates")
TO_PARTNER = ("rebates.settlement_submitted", "rebates.settlement_posted")
TO_GRANTOR = ("rebates.settlement_confirmed", "rebates.settlement_disputed")


def of_settlements(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """The other side of each; one statement."""
    rows = RebateSettlement.objects.select_related("seller", "buyer").in_bulk({event.aggregate_id for event in events})
    for event in events:
        row = rows.get(event.aggregate_id)
        if row is None:
            continue
        partner = event.kind in TO_PARTNER
        data = {
            "kind": event.kind,
            "number": row.number,
            "amount": str(round_money(row.amount + row.correction, row.currency)),
            "currency": row.currency,
            "by": row.seller.name if partner else row.buyer.name,
            "note": str(event.payload.get("reason", ""))[:200],
        }
        heard, permission = (row.buyer_id, "rebates.confirm") if partner else (row.seller_id, "rebates.settle")
        yield Hearing(event, heard, permission, (), "RebateSettlement", row.pk, data)


def text(data: Mapping[str, Any]) -> Text:
    """What happened to which settlement, and how much it is."""
    sentences = {
        "rebates.settlement_submitted": _("%(by)s settles a rebate of %(amount)s %(currency)s: look at %(number)s"),
        "rebates.settlement_posted": _("%(by)s paid the rebate %(number)s: %(amount)s %(currency)s"),
        "rebates.settlement_confirmed": _("%(by)s confirmed the rebate settlement %(number)s"),
        "rebates.settlement_disputed": _("%(by)s disputes the rebate settlement %(number)s"),
    }
    return Text(sentences[data["kind"]] % data, data.get("note", ""))


register(
    NotificationRule(
        "rebates.settlement",
        gettext_lazy("A rebate settlement waits for you, is answered or paid"),
        REBATES,
        (*TO_PARTNER, *TO_GRANTOR),
        ("rebates.confirm", "rebates.settle"),
        of_settlements,
        text,
    )
)
