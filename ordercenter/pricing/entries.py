"""Prices as entered, made into what the statements write: variants, uoms and slots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marketplace.catalog.models import Pack, Variant
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.postgresql.infinity import BEGINNING, FOREVER
from ordercenter.pricing.drafts import PriceEntry, price_problems, threshold_problems
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PriceList


@dataclass(frozen=True, slots=True)
class Slots:
    """The variants and packs that entries name, found by two statements for any number of entries."""

    variants: Mapping[int | str, Variant]
    uoms: Mapping[tuple[int, str], int]

    @classmethod
    def of(cls, found: PriceList, entries: Sequence[PriceEntry]) -> Slots:
        """Look up what the entries name among the goods that the owner of the list sells."""
        skus = {entry.sku for entry in entries if entry.sku is not None}
        keys = {entry.variant_id for entry in entries if entry.variant_id is not None}
        own = Actor.system(found.organization)
        goods = Variant.objects.visible_to(own)
        rows = list((goods.filter(sku__in=skus) | goods.filter(pk__in=keys)).only("id", "sku", "organization_id"))
        # Another's SKU counts only where one has none of that name oneself.
        rows.sort(key=lambda row: row.organization_id == found.organization_id)
        variants: dict[int | str, Variant] = {row.pk: row for row in rows} | {row.sku: row for row in rows}
        packs = Pack.objects.filter(variant__in=[row.pk for row in rows]).values_list("variant", "uom__code", "uom")
        return cls(variants, {(variant, code): uom for variant, code, uom in packs})

    def variant(self, entry: PriceEntry) -> Variant | None:
        """The variant of an entry."""
        return self.variants.get(name_of(entry))

    def problems(self, entries: Sequence[PriceEntry], begins: datetime) -> Iterator[DomainError]:
        """What is wrong with each entry."""
        seen: set[tuple[int, str, Decimal, datetime]] = set()
        for index, entry in enumerate(entries):
            yield from price_problems(entry.amount, index)
            yield from threshold_problems(entry.min_quantity, index)
            holds_from = entry.valid_from or begins
            if entry.valid_to is not None and entry.valid_to <= holds_from:
                yield _problem(PricingErrorCode.WINDOW_EMPTY, "valid_to", index)
            variant = self.variant(entry)
            if variant is None:
                text = _("There is no SKU %(sku)s.") % {"sku": entry.sku} if entry.sku else None
                yield _problem(PricingErrorCode.UNKNOWN_VARIANT, "sku", index, text)
                continue
            if (variant.pk, entry.uom) not in self.uoms:
                text = _("%(sku)s is not sold in %(uom)s.") % {"sku": variant.sku, "uom": entry.uom}
                yield DomainError(PricingErrorCode.UNKNOWN_UOM, text, "uom", index)
            slot = (variant.pk, entry.uom, entry.min_quantity, holds_from)
            if slot in seen:
                yield _problem(PricingErrorCode.DUPLICATE_SLOT, "min_quantity", index)
            seen.add(slot)

    def columns(self, entries: Sequence[PriceEntry], begins: datetime) -> dict[str, list[Any]]:
        """The entries as arrays for the statements; every one of them is known to be right."""
        variants = [
            self.variants[entry.variant_id if entry.variant_id is not None else entry.sku or ""].pk for entry in entries
        ]
        return {
            "variants": variants,
            "uoms": [self.uoms[key, entry.uom] for key, entry in zip(variants, entries, strict=True)],
            "minima": [entry.min_quantity for entry in entries],
            "amounts": [entry.amount for entry in entries],
            "from": [instant_text(entry.valid_from or begins) for entry in entries],
            "to": [instant_text(entry.valid_to or FOREVER) for entry in entries],
        }


def name_of(entry: PriceEntry) -> int | str:
    """By what an entry names its variant."""
    return entry.variant_id if entry.variant_id is not None else entry.sku or ""


def instant_text(instant: datetime) -> str:
    """An instant as the statements read it, the open ends included."""
    if instant in (BEGINNING, FOREVER):
        return "-infinity" if instant == BEGINNING else "infinity"
    return instant.isoformat()


def _problem(code: PricingErrorCode, field: str, index: int | None, text: str | None = None) -> DomainError:
    return DomainError(code, text or code.label, field, index)
