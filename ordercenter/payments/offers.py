"""Where a buyer can pay online, and what: for pages that show a way to pay only where there is one."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.parties.models import Partnership
from ordercenter.payments.online import PERMISSION, Due, StartDraft, due_of
from ordercenter.payments.providers import ready_sellers


def offer_of(actor: Actor, draft: StartDraft) -> Due | None:
    """What the actor could pay now; None for who may not, where there is no provider, and where nothing is left."""
    if actor.organization is None or actor.on_behalf_of or not actor.may(PERMISSION):
        return None
    try:
        due = due_of(actor, draft)
    except DomainError:
        return None  # not a buyer of it, no provider, or several currencies: there is nothing to offer
    return due if due.amount > 0 else None


def sellers_paid_online(actor: Actor) -> list[Partnership]:
    """The actor's partnerships with sellers that can be paid online, by name; two statements."""
    rows = Partnership.objects.visible_to(actor).filter(downstream=actor.own_id)
    found = list(rows.select_related("upstream", "downstream").order_by("upstream__name_en", "pk"))
    ready = ready_sellers([row.upstream_id for row in found])
    return [row for row in found if row.upstream_id in ready]
