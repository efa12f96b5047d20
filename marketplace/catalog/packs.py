"""Packs: the units of measure a variant may be ordered in, and what one of each holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import products_changed, tell
from marketplace.catalog.models import Pack, UnitOfMeasure, Variant
from marketplace.catalog.units import units_by_code, unknown_unit
from marketplace.catalog.values import own_variant, too_long
from marketplace.core.actor import Actor
from marketplace.core.changes import listed, named
from marketplace.core.errors import DomainError, raise_all

Pair = tuple[int, int]
PackCheck = Callable[[Sequence[Pair]], set[Pair]]

_checks: list[PackCheck] = []
_LARGEST = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class PackDraft:
    """A pack to be: `factor` base units in one `uom` (a code). `remove` takes it away."""

    uom: str
    factor: Decimal = Decimal(1)
    barcode: str | None = None
    is_default: bool = False
    remove: bool = False


def pack_check(function: PackCheck) -> PackCheck:
    """Register who knows whether packs are used: given (variant id, uom id) pairs, it returns those it uses.

    The floors above register theirs (orders: lines of documents), since this one cannot ask them.
    """
    if function not in _checks:
        _checks.append(function)
    return function


def packs_in_use(pairs: Iterable[Pair]) -> set[Pair]:
    """Of these (variant id, uom id) pairs, the ones some document line has."""
    asked = list(pairs)
    return set().union(*(check(asked) for check in _checks)) if asked else set()


def pack_problems(base: str, drafts: Sequence[PackDraft]) -> Iterator[DomainError]:
    """What is wrong with packs beside a base uom, each with its index. One statement."""
    known = units_by_code([draft.uom for draft in drafts])
    seen = {base.upper()}
    for index, draft in enumerate(drafts):
        code = draft.uom.strip().upper()
        if code not in known:
            yield unknown_unit(draft.uom, "uom", index)
        yield from factor_problems(draft, index)
        yield from too_long({"barcode": draft.barcode or ""}, Pack, index)
        if code in seen and not (code == base.upper() and draft.factor == 1):
            text = _("There is one pack for each unit of measure.")
            yield DomainError(Code.UNIQUE, text, "uom", index)
        seen.add(code)


def factor_problems(draft: PackDraft, index: int | None = None) -> Iterator[DomainError]:
    """What is wrong with the content of a pack."""
    if not Decimal(draft.factor).is_finite() or not 0 < draft.factor < _LARGEST:
        yield DomainError(Code.INVALID, _("A pack holds more than nothing."), "factor", index)
    elif draft.factor != draft.factor.quantize(Decimal("0.000001")):
        yield DomainError(Code.INVALID, _("The content of a pack has 6 decimals at most."), "factor", index)


def frozen(uom: str, sku: str, index: int | None = None) -> DomainError:
    """PACK_IN_USE: a document line has the pack, so that its content stays what it was."""
    text = _("%(uom)s of %(sku)s stands on documents. Make a new pack instead.") % {"uom": uom, "sku": sku}
    return DomainError(Code.PACK_IN_USE, text, "factor", index)


def packs_for(variant: Variant, base: UnitOfMeasure, drafts: Sequence[PackDraft], barcode: str = "") -> list[Pack]:
    """Save the packs of a new variant; drafts were checked. The base uom is the default unless a draft is."""
    return Pack.objects.bulk_create(new_packs(variant, base, drafts, barcode, units_by_code([d.uom for d in drafts])))


def new_packs(
    variant: Variant,
    base: UnitOfMeasure,
    drafts: Sequence[PackDraft],
    barcode: str,
    units: dict[str, UnitOfMeasure],
) -> list[Pack]:
    """Unsaved packs of a new variant: the base one, then those of the drafts."""
    others = [draft for draft in drafts if draft.uom.strip().upper() != base.code]
    owned = {"organization_id": variant.organization_id, "variant": variant}
    default = next((draft for draft in drafts if draft.is_default), None)
    base_default = default is None or default.uom.strip().upper() == base.code
    rows = [Pack(**owned, uom=base, is_base=True, is_default=base_default, barcode=barcode.strip())]
    for draft in others:
        uom = units[draft.uom.strip().upper()]
        rows.append(
            Pack(**owned, uom=uom, factor=draft.factor, is_default=draft is default, barcode=draft.barcode or "")
        )
    return rows


def pack_write(actor: Actor, variant_id: int, drafts: Sequence[PackDraft]) -> list[Pack]:
    """Add, change or remove packs of a variant, by their uom; returns all it has afterwards.

    The content of a pack is frozen once a document line uses it (pricing §2): PACK_IN_USE. So is its being there. The
    base uom has the content 1 and cannot be removed: PACK_BASE. A barcode and the default may change at any time.
    """
    actor.require("catalog.manage")
    with transaction.atomic():
        variant = own_variant(actor, variant_id, "variant")
        packs = {pack.uom.code: pack for pack in variant.packs.select_related("uom")}
        raise_all(_write_problems(variant, packs, drafts))
        before = [_line(pack) for pack in packs.values()]
        _write(variant, packs, drafts)
        rows = list(variant.packs.select_related("uom").order_by("-is_base", "factor", "pk"))
        told = {variant.product_id: named(variant.sku, listed("packs", before, [_line(pack) for pack in rows]))}
        owner = variant.organization_id
        tell(actor, "catalog.product_changed", "Product", [variant.product_id], owner, changes=told)
        products_changed([variant.product_id])
        return rows


def _line(pack: Pack) -> str:
    """A pack in a few words: BOX 12 6901234567890."""
    return " ".join(part for part in (pack.uom.code, format(pack.factor.normalize(), "f"), pack.barcode) if part)


def _write_problems(variant: Variant, packs: dict[str, Pack], drafts: Sequence[PackDraft]) -> Iterator[DomainError]:
    base = next((code for code, pack in packs.items() if pack.is_base), "")
    yield from pack_problems("", drafts)
    used = packs_in_use((variant.pk, pack.uom_id) for pack in packs.values())
    for index, draft in enumerate(drafts):
        code = draft.uom.strip().upper()
        pack = packs.get(code)
        if code == base and (draft.remove or draft.factor != 1):
            text = _("%(uom)s is the base unit of %(sku)s.") % {"uom": code, "sku": variant.sku}
            yield DomainError(Code.PACK_BASE, text, "uom", index)
        elif pack and (draft.remove or draft.factor != pack.factor) and (variant.pk, pack.uom_id) in used:
            yield frozen(code, variant.sku, index)
        elif pack is None and draft.remove:
            yield DomainError(Code.NOT_FOUND, _("There is no such pack."), "uom", index)


def _write(variant: Variant, packs: dict[str, Pack], drafts: Sequence[PackDraft]) -> None:
    units = units_by_code([draft.uom for draft in drafts])
    default = next((draft.uom.strip().upper() for draft in drafts if draft.is_default and not draft.remove), None)
    if default is not None:
        # Two defaults at once would break the constraint, whatever the order of the writes.
        variant.packs.filter(is_default=True).update(is_default=False)
    gone = [pack.pk for draft in drafts if draft.remove for pack in [packs[draft.uom.strip().upper()]]]
    Pack.objects.filter(pk__in=gone).delete()
    rows = []
    for draft in drafts:
        code = draft.uom.strip().upper()
        if draft.remove:
            continue
        old = packs.get(code)
        barcode = old.barcode if old and draft.barcode is None else (draft.barcode or "").strip()
        is_default = code == default if default is not None else bool(old and old.is_default)
        rows.append(
            Pack(
                organization_id=variant.organization_id,
                variant=variant,
                uom=units[code],
                factor=draft.factor,
                is_base=bool(old and old.is_base),
                is_default=is_default,
                barcode=barcode,
            )
        )
    Pack.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["variant", "uom"],
        update_fields=["factor", "barcode", "is_default"],
    )
    if not variant.packs.filter(is_default=True).exists():
        variant.packs.filter(is_base=True).update(is_default=True)
