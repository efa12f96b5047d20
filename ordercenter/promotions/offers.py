"""What is on for a buyer now: the promotions of its sellers that are in force and for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.models import PolicyStatus
from marketplace.parties.models import Partnership, PartnershipStatus
from ordercenter.promotions.engine.entry import Buyer, holds
from ordercenter.promotions.engine.rules import rule_of
from ordercenter.promotions.models import Promotion
from ordercenter.promotions.quoting import CHANNELS


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """A promotion as its buyer sees it: what it does and until when; nothing of its caps, funding and other buyers."""

    promotion: Promotion
    seller: Any
    valid_to: datetime


def offers_for(actor: Actor, seller_id: int | None = None) -> list[OpenOffer]:
    """Promotions in force now for whoever the actor buys for, by seller, those that end first before the others.

    Two statements. With a coupon only: shown where it is open to whoever has one.
    """
    buyer = actor.buyer
    if buyer is None:
        return []
    partners = Partnership.objects.filter(downstream=buyer.pk, status=PartnershipStatus.ACTIVE)
    if actor.on_behalf_of is not None:
        partners = partners.filter(upstream=actor.organization_id)
    if seller_id is not None:
        partners = partners.filter(upstream=seller_id)
    of_seller = {row.upstream_id: row for row in partners.select_related("group", "upstream")}
    rows = Promotion.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=Now()),
        organization__in=of_seller,
        status=PolicyStatus.EFFECTIVE,
        valid_from__lte=Now(),
        valid_to__gt=Now(),
    )
    found = []
    for row in rows.order_by("organization", "valid_to", "priority", "pk"):
        partnership = of_seller[row.organization_id]
        groups = tuple(partnership.group.ancestors) if partnership.group else ()
        channel = CHANNELS.get(partnership.downstream_role, "purchase")  # type: ignore[call-overload]
        who = Buyer(partnership.pk, groups, partnership.grade_id, channel)
        rule = rule_of(json.dumps(row.configuration))
        if rule.currency == partnership.currency and holds(rule.audience, who):
            found.append(OpenOffer(row, partnership.upstream, row.valid_to))
    return found
