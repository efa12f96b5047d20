"""How a seller's promotions come together."""

from __future__ import annotations

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import DomainError, not_found
from marketplace.core.events import DomainEvent, record
from ordercenter.promotions.errors import PromotionErrorCode as Code
from ordercenter.promotions.models import PromotionSettings
from ordercenter.promotions.write import MANAGE


def promotion_settings_update(
    actor: Actor, strategy: str | None = None, max_coupons: int | None = None
) -> PromotionSettings:
    """Settle whether promotions combine or the best stands alone, and how many coupons an order takes (0 to 20)."""
    actor.require(MANAGE)
    if actor.organization is None:
        raise not_found("organization")
    if max_coupons is not None and not 0 <= max_coupons <= 20:
        raise DomainError(Code.VALUE_INVALID, Code.VALUE_INVALID.label, "max_coupons")
    with transaction.atomic():
        found, _made = PromotionSettings.objects.select_for_update().get_or_create(organization=actor.organization)
        before = facts(found)
        found.strategy = strategy or found.strategy
        found.max_coupons = found.max_coupons if max_coupons is None else max_coupons
        found.save()
        changes = difference(before, facts(found))
        owner = (found.organization_id,)
        record(actor, DomainEvent("promotions.settings_updated", "promotion_settings", found.pk, owner, {}, changes))
    return found
