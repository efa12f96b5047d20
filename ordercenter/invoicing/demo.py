"""Invoices of the demo enterprise: what left long ago is invoiced, some of it overdue, one of them lowered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.parties.demo import demo_actor
from marketplace.runtime.demo import Size, demo_step
from ordercenter.invoicing.credit_note import CreditNoteDraft, credit
from ordercenter.invoicing.draw import InvoiceDraft, draw_all
from ordercenter.invoicing.enums import CreditReason
from ordercenter.invoicing.invoiceable import open_orders
from ordercenter.invoicing.issue import issue
from ordercenter.invoicing.models import Invoice, InvoiceLine
from ordercenter.invoicing.policy import settings_of

#: What left in the last days waits: one draft, and orders nobody has drawn yet.
RECENT = 8


@demo_step(65, _("Invoices"))
def invoices(_size: Size) -> Iterator[tuple[int, int]]:
    """Invoice what left, in the order of the days; nothing where there are invoices already."""
    actor = demo_actor("xinghe", "finance")
    if Invoice.objects.filter(seller=actor.organization).exists():
        return
    rows = list(_shipped(actor))
    for done, (order_id, day) in enumerate(rows):
        yield done, len(rows)
        (draft,) = draw_all(actor, [InvoiceDraft([order_id])])
        if (_today(actor) - day).days > RECENT:
            issue(actor, draft.pk, day)
        else:
            break
    _lower(actor)
    yield len(rows), len(rows)


def _shipped(actor: Actor) -> Iterator[tuple[int, date]]:
    """Orders with something to invoice and the day on which the first of it left, earliest first."""
    zone = _zone(actor)
    orders = open_orders(actor, settings_of(actor.own_id).basis).annotate(left=Min("shipments__shipped_at"))
    for pk, left in orders.order_by("left", "pk").values_list("pk", "left"):
        if left is not None:
            yield pk, left.astimezone(zone).date()


def _lower(actor: Actor) -> None:
    """One piece came back broken."""
    line = InvoiceLine.objects.filter(seller=actor.organization, is_issued=True, end__gt=1).order_by("pk").first()
    if line:
        credit(actor, CreditNoteDraft(line.invoice_id, CreditReason.RETURN, {line.pk: Decimal(1)}, note="一件破损退回"))


def _zone(actor: Actor) -> ZoneInfo:
    assert actor.organization is not None
    return ZoneInfo(actor.organization.time_zone)


def _today(actor: Actor) -> date:
    return timezone.now().astimezone(_zone(actor)).date()
