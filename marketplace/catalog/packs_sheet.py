"""Packs and barcodes of many variants at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.models import Pack, Variant
from marketplace.catalog.packs import PackDraft, factor_problems, frozen, packs_in_use
from marketplace.catalog.units import units_by_code, unknown_unit
from marketplace.catalog.values import too_long
from marketplace.core.changes import Changes, listed
from marketplace.core.errors import DomainError

#: Variant, packs by their unit, and the barcode of the base unit where it changes.
Asked = tuple[int, Sequence[PackDraft], str | None]


class PacksOfMany:
    """Reads, checks and writes the packs of a sheet's variants, a constant number of statements each."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self.asked = asked
        ids = [pk for pk, drafts, barcode in asked if drafts or barcode is not None]
        rows = Pack.objects.filter(variant__in=ids).select_related("uom").order_by("-is_base", "factor", "pk")
        self.packs: dict[int, dict[str, Pack]] = {pk: {} for pk in ids}
        for row in rows if ids else ():
            self.packs[row.variant_id][row.uom.code] = row
        codes = [draft.uom for _pk, drafts, _barcode in asked for draft in drafts]
        self.units = units_by_code(codes) if codes else {}

    def problems(self, skus: Mapping[int, str]) -> Iterator[DomainError]:
        """What is wrong, with the index of the variant; the field names the unit."""
        touched = [
            (pk, self.packs[pk][code].uom_id)
            for pk, drafts, _barcode in self.asked
            for draft in drafts
            if (code := draft.uom.strip().upper()) in self.packs[pk] and _changes(self.packs[pk][code], draft)
        ]
        used = packs_in_use(touched)
        for index, (pk, drafts, barcode) in enumerate(self.asked):
            yield from too_long({"barcode": barcode or ""}, Pack, index)
            for draft in drafts:
                for one in self._draft_problems(pk, skus[pk], draft, used):
                    yield DomainError(one.code, one.message, f"packs.{draft.uom}", index)

    def _draft_problems(self, pk: int, sku: str, draft: PackDraft, used: set[tuple[int, int]]) -> Iterator[DomainError]:
        code = draft.uom.strip().upper()
        pack = self.packs[pk].get(code)
        if code not in self.units:
            yield unknown_unit(draft.uom)
        elif pack is None and draft.remove:
            yield DomainError(Code.NOT_FOUND, _("There is no such pack."))
        elif pack is not None and pack.is_base and (draft.remove or draft.factor != 1):
            yield DomainError(Code.PACK_BASE, _("%(uom)s is the base unit of %(sku)s.") % {"uom": code, "sku": sku})
        elif pack is not None and (pk, pack.uom_id) in used:
            yield frozen(code, sku)
        else:
            yield from factor_problems(draft)
            yield from too_long({"barcode": draft.barcode or ""}, Pack)

    def write(self, organization_id: int) -> dict[int, Changes]:
        """Write what was asked for; what changed, by variant."""
        before = {pk: [_line(pack) for pack in packs.values()] for pk, packs in self.packs.items()}
        gone: list[int] = []
        for pk, drafts, barcode in self.asked:
            for draft in drafts:
                gone += self._put(organization_id, pk, draft)
            if barcode is not None:
                for pack in self.packs[pk].values():
                    pack.barcode = barcode.strip() if pack.is_base else pack.barcode
        rows = [pack for packs in self.packs.values() for pack in packs.values()]
        if gone:
            Pack.objects.filter(pk__in=gone).delete()
            orphaned = Variant.objects.filter(pk__in=list(self.packs)).exclude(packs__is_default=True)
            Pack.objects.filter(variant__in=orphaned, is_base=True).update(is_default=True)
        if rows:
            Pack.objects.bulk_create(
                [_copy(row) for row in rows],
                update_conflicts=True,
                unique_fields=["variant", "uom"],
                update_fields=["factor", "barcode"],
            )
        after = {pk: [_line(pack) for pack in packs.values()] for pk, packs in self.packs.items()}
        return {pk: listed("packs", before[pk], after[pk]) for pk in self.packs}

    def _put(self, organization_id: int, pk: int, draft: PackDraft) -> list[int]:
        """Put a draft among the packs of a variant; the id of the pack that goes."""
        code, packs = draft.uom.strip().upper(), self.packs[pk]
        if draft.remove:
            return [packs.pop(code).pk]
        old = packs.get(code)
        if old is None:
            owned = {"organization_id": organization_id, "variant_id": pk, "uom": self.units[code]}
            packs[code] = Pack(**owned, factor=draft.factor, barcode=(draft.barcode or "").strip())
        else:
            old.factor = draft.factor
            old.barcode = old.barcode if draft.barcode is None else draft.barcode.strip()
        return []


def _changes(pack: Pack, draft: PackDraft) -> bool:
    return draft.remove or draft.factor != pack.factor


def _copy(row: Pack) -> Pack:
    """Without its key: what conflicts is told by variant and unit."""
    return Pack(
        organization_id=row.organization_id,
        variant_id=row.variant_id,
        uom_id=row.uom_id,
        factor=row.factor,
        barcode=row.barcode,
        is_base=row.is_base,
        is_default=row.is_default,
    )


def _line(pack: Pack) -> str:
    """A pack in a few words: BOX 12 6901234567890."""
    return " ".join(part for part in (pack.uom.code, format(pack.factor.normalize(), "f"), pack.barcode) if part)
