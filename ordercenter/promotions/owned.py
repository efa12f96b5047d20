"""Whether what a promotion names is there for whoever writes it: partners, goods, units, bearers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from marketplace.catalog.models import Brand, Category, Pack, Product, UnitOfMeasure, Variant
from marketplace.catalog.scope import ProductScope
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, not_found
from marketplace.parties.models import Organization, PartnerGrade, PartnerGroup, Partnership
from ordercenter.promotions.drafts import PoolDraft, PromotionDraft
from ordercenter.promotions.errors import PromotionErrorCode as Code


def reference_problems(actor: Actor, draft: PromotionDraft) -> Iterator[DomainError]:
    """NOT_FOUND for each thing that is not there; one statement for each kind of thing that is named."""
    yield from _audience_problems(actor, draft)
    yield from _scope_problems(actor, draft)
    pools = [(draft.pool, "pool", None)] if draft.pool else []
    pools += [(tier.pool, "tiers", index) for index, tier in enumerate(draft.tiers or ()) if tier.pool]  # type: ignore[misc]
    for pool, field, index in pools:
        yield from _pool_problems(actor, pool, field, index)
    uom = draft.values.get("uom_id")
    if uom is not None and not UnitOfMeasure.objects.filter(pk=uom).exists():
        yield not_found("uom")
    yield from _funding_problems(actor, draft)


def _audience_problems(actor: Actor, draft: PromotionDraft) -> Iterator[DomainError]:
    rows = draft.audience or ()
    own = actor.organization_id
    known = {
        "partnership_id": Partnership.objects.filter(upstream=own),
        "group_id": PartnerGroup.objects.filter(organization=own),
        "grade_id": PartnerGrade.objects.filter(organization=own),
    }
    found = {name: _found(query, [getattr(row, name) for row in rows]) for name, query in known.items()}
    for index, row in enumerate(rows):
        chosen = [name for name in known if getattr(row, name)]
        if len(chosen) + bool(row.channel) > 1 or (not chosen and not row.channel and row.exclude):
            yield DomainError(Code.AUDIENCE_INVALID, Code.AUDIENCE_INVALID.label, "audience", index)
        elif any(getattr(row, name) not in found[name] for name in chosen):
            yield not_found("audience", index)


def _scope_problems(actor: Actor, draft: PromotionDraft) -> Iterator[DomainError]:
    named: list[tuple[str, int, ProductScope]] = [
        ("scope", index, row.scope) for index, row in enumerate(draft.scope or ())
    ]
    named += [("components", index, row.scope) for index, row in enumerate(draft.components or ()) if row.scope]
    own = Q(organization=actor.organization_id)
    sold = own | Q(listings__organization=actor.organization_id)
    known: dict[str, Any] = {
        "variant_id": Variant.objects.filter(sold),
        "product_id": Product.objects.filter(own | Q(variants__listings__organization=actor.organization_id)),
        "category_id": Category.objects.filter(own),
        "brand_id": Brand.objects.filter(own),
    }
    found = {name: _found(query, [getattr(scope, name) for _, _, scope in named]) for name, query in known.items()}
    for field, index, scope in named:
        keys = {name: key for name, key in scope.columns().items() if key}
        if len(keys) > 1:
            yield DomainError(Code.SCOPE_INVALID, Code.SCOPE_INVALID.label, field, index)
        elif any(key not in found[name] for name, key in keys.items()):
            yield not_found(field, index)


def _pool_problems(actor: Actor, pool: PoolDraft, field: str, index: int | None) -> Iterator[DomainError]:
    variants = [item.variant_id for item in pool.items]
    sold = Q(variant__organization=actor.organization_id) | Q(variant__listings__organization=actor.organization_id)
    packs = set(Pack.objects.filter(sold, variant__in=variants).values_list("variant_id", "uom_id"))
    for place, item in enumerate(pool.items):
        if (item.variant_id, item.uom_id) not in packs:
            yield not_found(field, place if index is None else index)


def _funding_problems(actor: Actor, draft: PromotionDraft) -> Iterator[DomainError]:
    """The seller itself and its partners may bear the cost."""
    rows = draft.funding or ()
    own = actor.organization_id
    partners = Q(pk=own) | Q(pk__in=Partnership.objects.filter(upstream=own).values("downstream"))
    partners |= Q(pk__in=Partnership.objects.filter(downstream=own).values("upstream"))
    found = _found(Organization.objects.filter(partners), [row.organization_id for row in rows])
    for index, row in enumerate(rows):
        if row.organization_id not in found:
            yield not_found("funding", index)
        elif not 0 < row.share <= 100 or row.share != round(row.share, 2):
            yield DomainError(Code.VALUE_INVALID, Code.VALUE_INVALID.label, "funding", index)


def _found(query: Any, keys: list[int | None]) -> set[int]:
    wanted = {key for key in keys if key}
    return set(query.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
