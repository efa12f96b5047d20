"""Limits of promotions: in all, of one partner, or of each; they may move while the promotion is in effect."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import plain
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.models import Partnership
from ordercenter.promotions.checks import LARGEST
from ordercenter.promotions.drafts import CapDraft
from ordercenter.promotions.enums import CapMeasure
from ordercenter.promotions.errors import PromotionErrorCode as Code
from ordercenter.promotions.models import GiftPoolItem, Promotion, PromotionCap
from ordercenter.promotions.write import MANAGE, locked, promotion_event


def promotion_cap_write(actor: Actor, promotion_id: int, draft: CapDraft) -> PromotionCap | None:
    """Set a limit of a promotion, all its versions together; without a limit it goes away (promotions §2, §5).

    Raises CAP_BELOW_USE, VALUE_INVALID, EFFECT_MISMATCH (a gift that is not in its pools), NOT_FOUND (partner), IN_USE
    for taking away one that has counted.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        promotion = locked(actor, promotion_id)
        raise_all(_problems(actor, promotion, draft))
        root = promotion.root_key
        known = PromotionCap.objects.select_for_update().filter(promotion=root, measure=draft.measure, each=draft.each)
        known = known.filter(partnership=draft.partnership_id, variant=draft.variant_id, uom=draft.uom_id)
        cap = known.order_by("pk").first()
        before = None if cap is None else cap.limit
        if draft.limit is None:
            _take_away(cap)
            cap = None
        elif cap is None:
            cap = PromotionCap.objects.create(
                organization_id=promotion.organization_id,
                promotion_id=root,
                partnership_id=draft.partnership_id,
                each=draft.each,
                measure=draft.measure,
                variant_id=draft.variant_id,
                uom_id=draft.uom_id,
                limit=draft.limit,
            )
        else:
            _lower_or_raise(cap, draft.limit)
        changes = {str(draft.measure): [plain(before), plain(draft.limit)]}
        record(actor, promotion_event("promotions.cap_written", promotion, changes))
    return cap


def _lower_or_raise(cap: PromotionCap, limit: Decimal) -> None:
    made = PromotionCap.objects.select_for_update().filter(template=cap).order_by("pk")
    list(made.values_list("pk"))
    if cap.reserved + cap.used > limit or made.filter(reserved__gt=limit - F("used")).exists():
        raise DomainError(Code.CAP_BELOW_USE, Code.CAP_BELOW_USE.label, "limit")
    made.update(limit=limit)
    cap.limit = limit
    cap.save(update_fields=["limit", "updated_at"])


def _take_away(cap: PromotionCap | None) -> None:
    if cap is None:
        raise not_found("limit")
    rows = PromotionCap.objects.filter(Q(pk=cap.pk) | Q(template=cap))
    if rows.filter(moves__isnull=False).exists():
        text = _("Orders have counted on this limit already: raise it instead.")
        raise DomainError(CoreErrorCode.IN_USE, text, "limit")
    rows.filter(template=cap).delete()
    cap.delete()


def _problems(actor: Actor, promotion: Promotion, draft: CapDraft) -> Iterator[DomainError]:
    limit = draft.limit
    whole = draft.measure == CapMeasure.USES and limit is not None and limit != limit.to_integral_value()
    if limit is not None and (
        not limit.is_finite() or limit < 0 or limit >= LARGEST or limit != round(limit, 4) or whole
    ):
        yield DomainError(Code.VALUE_INVALID, Code.VALUE_INVALID.label, "limit")
    gift = draft.measure == CapMeasure.QUANTITY
    if gift is not bool(draft.variant_id and draft.uom_id) or (draft.each and draft.partnership_id):
        yield DomainError(Code.EFFECT_MISMATCH, Code.EFFECT_MISMATCH.label, "measure")
    elif gift:
        pools = GiftPoolItem.objects.filter(
            pool__promotion__code=promotion.code, organization=promotion.organization_id
        )
        if not pools.filter(variant=draft.variant_id, uom=draft.uom_id).exists():
            yield not_found("variant")
    own = Partnership.objects.filter(upstream=actor.organization_id)
    if draft.partnership_id and not own.filter(pk=draft.partnership_id).exists():
        yield not_found("partnership")
