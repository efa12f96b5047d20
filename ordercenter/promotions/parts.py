"""The parts of a promotion as rows: written anew, read back as they were entered, copied to a new version."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ordercenter.promotions.drafts import (
    AudienceRowDraft,
    ComponentDraft,
    FundingDraft,
    PoolDraft,
    PoolItemDraft,
    PromotionDraft,
    ScopeRowDraft,
    TierDraft,
)
from ordercenter.promotions.models import (
    GiftPool,
    GiftPoolItem,
    Promotion,
    PromotionAudience,
    PromotionComponent,
    PromotionFunding,
    PromotionScope,
    PromotionTier,
)


def as_entered(promotion: Promotion) -> PromotionDraft:
    """The parts of a promotion as somebody would have entered them; a few statements."""
    pools = {pool.tier_id: pool for pool in promotion.pools.prefetch_related("items")}
    return PromotionDraft(
        audience=[
            AudienceRowDraft(row.exclude, row.partnership_id, row.group_id, row.grade_id, row.channel)
            for row in promotion.audience.order_by("pk")
        ],
        scope=[ScopeRowDraft(row.scope, row.exclude) for row in promotion.scope.order_by("pk")],
        tiers=[
            TierDraft(row.threshold, row.reward, row.value, _pool(pools.get(row.pk)))
            for row in promotion.tiers.order_by("threshold")
        ],
        components=[ComponentDraft(row.quantity, row.scope) for row in promotion.components.order_by("position")],
        pool=_pool(pools.get(None)),
        pool_given=True,
        funding=[FundingDraft(row.bearer_id, row.share) for row in promotion.funding.order_by("pk")],
    )


def _pool(pool: GiftPool | None) -> PoolDraft | None:
    if pool is None:
        return None
    items = [
        PoolItemDraft(item.variant_id, item.uom_id, item.quantity, item.price)
        for item in sorted(pool.items.all(), key=lambda item: item.position)
    ]
    return PoolDraft(items, pool.choose, pool.on_short)


def merged(draft: PromotionDraft, known: PromotionDraft) -> PromotionDraft:
    """A draft with the known parts where it says nothing of its own."""
    return PromotionDraft(
        draft.values,
        known.audience if draft.audience is None else draft.audience,
        known.scope if draft.scope is None else draft.scope,
        known.tiers if draft.tiers is None else draft.tiers,
        known.components if draft.components is None else draft.components,
        draft.pool if draft.pool_given else known.pool,
        True,
        known.funding if draft.funding is None else draft.funding,
    )


def write_parts(promotion: Promotion, draft: PromotionDraft) -> None:
    """Replace all parts of a draft promotion; a constant number of statements."""
    for model in (PromotionAudience, PromotionScope, PromotionComponent, PromotionFunding, GiftPool, PromotionTier):
        model._default_manager.filter(promotion=promotion).delete()
    home: dict[str, Any] = {"organization_id": promotion.organization_id, "promotion": promotion}
    PromotionAudience.objects.bulk_create(
        PromotionAudience(
            **home,
            exclude=row.exclude,
            partnership_id=row.partnership_id,
            group_id=row.group_id,
            grade_id=row.grade_id,
            channel=row.channel,
        )
        for row in draft.audience or ()
    )
    PromotionScope.objects.bulk_create(
        PromotionScope(**home, exclude=row.exclude, **row.scope.columns()) for row in draft.scope or ()
    )
    PromotionComponent.objects.bulk_create(
        PromotionComponent(**home, position=place, quantity=row.quantity, **(row.scope.columns() if row.scope else {}))
        for place, row in enumerate(draft.components or (), 1)
    )
    write_funding(promotion, draft.funding or ())
    tiers = PromotionTier.objects.bulk_create(
        PromotionTier(**home, threshold=row.threshold, reward=row.reward, value=row.value) for row in draft.tiers or ()
    )
    pools: list[tuple[PromotionTier | None, PoolDraft]] = [(None, draft.pool)] if draft.pool else []
    pools += [(tier, row.pool) for tier, row in zip(tiers, draft.tiers or (), strict=True) if row.pool]
    _write_pools(home, pools)


def write_funding(promotion: Promotion, rows: Sequence[FundingDraft]) -> None:
    """Say who bears what percent; the seller alone where nobody is named."""
    rows = rows or [FundingDraft(promotion.organization_id, Decimal(100))]
    PromotionFunding.objects.filter(promotion=promotion).delete()
    PromotionFunding.objects.bulk_create(
        PromotionFunding(
            organization_id=promotion.organization_id,
            promotion=promotion,
            bearer_id=row.organization_id,
            share=row.share,
        )
        for row in rows
    )


def _write_pools(home: dict[str, Any], pools: Sequence[tuple[PromotionTier | None, PoolDraft]]) -> None:
    made = GiftPool.objects.bulk_create(
        GiftPool(**home, tier=tier, choose=pool.choose, on_short=pool.on_short) for tier, pool in pools
    )
    GiftPoolItem.objects.bulk_create(
        GiftPoolItem(
            organization_id=home["organization_id"],
            pool=row,
            position=place,
            variant_id=item.variant_id,
            uom_id=item.uom_id,
            quantity=item.quantity,
            price=item.price,
        )
        for row, (_, pool) in zip(made, pools, strict=True)
        for place, item in enumerate(pool.items, 1)
    )
