"""Who may supply which goods, out of the buyer's source lists (contracts)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

from marketplace.catalog.models import Variant
from marketplace.core.clock import today_of
from marketplace.parties.models import Organization
from ordercenter.contracts.enums import SourceUse
from ordercenter.contracts.models import SourceList
from suppliers.sourcing.invite import source_lists


@source_lists
def sources_of(buyer_id: int, variants: Iterable[int]) -> Mapping[int, set[int]]:
    """By variant, who is a source in force today and not barred; a row of a category holds for all goods below it.

    Three statements, whatever the number of variants.
    """
    day = today_of(Organization.objects.get(pk=buyer_id))
    goods = Variant.objects.filter(pk__in=set(variants)).select_related("product__category")
    within = {row.pk: set(row.product.category.ancestors) if row.product.category else set() for row in goods}
    rows = SourceList.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), organization=buyer_id, valid_from__lte=day
    )
    found: dict[int, set[int]] = {pk: set() for pk in within}
    barred: dict[int, set[int]] = {pk: set() for pk in within}
    for row in rows:
        target = barred if row.use == SourceUse.BARRED else found
        for pk, categories in within.items():
            if row.variant_id == pk or row.category_id in categories:
                target[pk].add(row.seller_id)
    return {pk: sellers - barred[pk] for pk, sellers in found.items()}
