"""What a row of a product sheet would change: the one reading that checking, preview and applying share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from marketplace.catalog.attributes import read_value
from marketplace.catalog.imports import columns as reading
from marketplace.catalog.imports.known import Known, slug_of
from marketplace.catalog.models import Pack, Product, UnitOfMeasure, Variant
from marketplace.catalog.values import longest_of
from marketplace.core.imports import RowError

_REFERRED = ("brand", "category")
_PLAIN = ("name_zh", "name_en", "description_zh", "description_en")


@dataclass(slots=True)
class RowPlan:
    """One row of the sheet, read: what it makes or changes, or what is wrong with it.

    `product` and `variant` are rows that are not saved yet; `packs` those to write. `listed` is None where nothing
    changes. A row in error changes nothing.
    """

    position: int
    errors: list[RowError] = field(default_factory=list)
    product: Product | None = None
    variant: Variant | None = None
    is_new: bool = False
    product_changed: bool = False
    variant_changed: bool = False
    packs: list[Pack] = field(default_factory=list)
    default_moves: bool = False
    listed: bool | None = None

    @property
    def changes(self) -> bool:
        """The row does something."""
        touched = self.product_changed or self.variant_changed or bool(self.packs)
        return self.is_new or touched or self.default_moves or self.listed is not None


class Planner:
    """Reads rows against what the catalogue has. Rows of one product have to agree on what they say of it."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._said: dict[tuple[str, str], Any] = {}
        self._skus: dict[str, int] = {}

    def plan(self, position: int, cells: Mapping[str, str]) -> RowPlan:
        """The plan of one row; `cells` by our names of the columns, tidied, empty ones left out."""
        return _Row(self, position, cells).read()

    def first_of(self, sku: str, position: int) -> int:
        """The first row of the file that has this SKU."""
        return self._skus.setdefault(sku, position)

    def agreed(self, product_key: str, column: str, value: Any) -> bool:
        """False when another row has said something else of the product."""
        return self._said.setdefault((product_key, column), value) == value


class _Row:
    """One row while it is read."""

    def __init__(self, planner: Planner, position: int, cells: Mapping[str, str]) -> None:
        self.planner, self.known, self.cells = planner, planner.known, cells
        self.plan = RowPlan(position)
        self.sku = cells.get("sku", "")
        self.variant = self.known.variants.get(self.sku)
        self.new_product = False

    def wrong(self, column: str, code: str, message: str) -> None:
        """Note an error of a cell."""
        heading = self.known.columns.get(column, column)
        self.plan.errors.append(RowError(self.plan.position, heading, code, message, self.cells.get(column, "")[:200]))

    def parsed(self, column: str, read: Callable[[str], Any], code: str = "INVALID") -> Any:
        """The value of a cell, or None when it is empty or wrong."""
        text = self.cells.get(column)
        if text is None:
            return None
        try:
            return read(text)
        except ValueError as error:
            self.wrong(column, code, str(error))
            return None

    def read(self) -> RowPlan:
        """Read all cells, so that all errors are told; write the unsaved rows where there is none."""
        if not self._identified():
            return self.plan
        product, key = self._product()
        about_product = self._product_changes(product, key)
        about_variant = self._variant_changes()
        packs, default = self._packs()
        listed = self.parsed("listed", reading.read_listed)
        if not self.plan.errors:
            self.known.by_slug[key] = product
            self._settle(product, about_product, about_variant)
            self._settle_packs(packs, default)
            if listed is not None and listed != bool(self.variant and self.known.is_listed(self.variant)):
                self.plan.listed = listed
        return self.plan

    def _identified(self) -> bool:
        """The row says which variant it is about, and is the first to do so."""
        if not self.sku:
            self.wrong("sku", "REQUIRED", _("A SKU is needed."))
        elif len(self.sku) > 64:
            self.wrong("sku", "INVALID", _("At most %(longest)s characters.") % {"longest": 64})
        else:
            first = self.planner.first_of(self.sku, self.plan.position)
            if first == self.plan.position:
                return True
            self.wrong("sku", "UNIQUE", _("Row %(row)s has this SKU, too.") % {"row": first})
        return False

    def _product(self) -> tuple[Product, str]:
        """The product the variant belongs to or will belong to, and its slug."""
        wanted = self.cells.get("product", "")
        if self.variant is not None:
            product = self.known.products[self.variant.product_id]
            if wanted and product.slug not in (wanted, slug_of(wanted)):
                text = _("%(sku)s belongs to the product %(product)s.")
                self.wrong("product", "CONFLICT", text % {"sku": self.sku, "product": product.slug})
            return product, product.slug
        slug = wanted if wanted in self.known.by_slug else slug_of(wanted or self.sku)
        known = self.known.by_slug.get(slug)
        if known is not None:
            return known, slug
        self.new_product = True
        return Product(organization_id=self.known.organization_id, slug=slug), slug

    def _product_changes(self, product: Product, key: str) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        for column in _PLAIN:
            if column in self.cells:
                changes[column] = self._text(column, Product, column)
        changes["status"] = self.parsed("status", reading.read_status)
        changes["tax_rate"] = self.parsed("tax_rate", reading.read_tax_rate)
        if "brand" in self.cells:
            changes["brand"] = self.known.brand(self.cells["brand"])
        if "category" in self.cells:
            changes["category"] = self.known.category(reading.category_path(self.cells["category"]))
        changes["attributes"] = self._attributes(of_variant=False)
        changes = {name: value for name, value in changes.items() if value is not None and value != {}}
        if changes.get("tax_rate", product.tax_rate) != product.tax_rate and product.tax_category_id:
            # As by hand: a rate of its own takes a product out of its tax category.
            changes["tax_category"] = None
        named = product.name_zh or product.name_en or changes.get("name_zh") or changes.get("name_en")
        if not named:
            self.wrong("name_zh", "REQUIRED", _("A name is needed."))
        for column, value in changes.items():
            if not self.planner.agreed(key, column, value):
                self.wrong(column, "CONFLICT", _("Another row says something else of this product."))
        return changes

    def _variant_changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        for column, name in (("variant_zh", "name_zh"), ("variant_en", "name_en")):
            if column in self.cells:
                changes[name] = self._text(column, Variant, name)
        changes["attributes"] = self._attributes(of_variant=True)
        return {name: value for name, value in changes.items() if value is not None and value != {}}

    def _text(self, column: str, model: type[Product | Variant], name: str) -> str | None:
        text = self.cells[column]
        longest = longest_of(model, name)
        if longest is not None and len(text) > longest:
            self.wrong(column, "INVALID", _("At most %(longest)s characters.") % {"longest": longest})
            return None
        return text

    def _attributes(self, of_variant: bool) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for attribute in self.known.attributes.values():
            column = f"@{attribute.code}"
            if attribute.of_variant == of_variant and column in self.cells:
                value = self.parsed(column, partial(read_value, attribute), "ATTRIBUTE_VALUE")
                if value is not None:
                    found[attribute.code] = value
        return found

    def _unit(self, column: str, code: str) -> UnitOfMeasure | None:
        unit = self.known.unit(code)
        if unit is None:
            self.wrong(column, "UNKNOWN_UOM", _("There is no unit of measure %(code)s.") % {"code": code})
        return unit

    @property
    def _there(self) -> dict[str, Pack]:
        return self.known.packs.get(self.variant.pk, {}) if self.variant else {}

    def _packs(self) -> tuple[list[Pack], str | None]:
        """Packs to write, unsaved, and the code of the new default, if it moves."""
        there = self._there
        base = self._base(there)
        wanted = self.parsed("packs", reading.read_packs) or {}
        rows: list[Pack] = []
        barcode = self.cells.get("barcode")
        if barcode is not None and len(barcode) > 64:
            self.wrong("barcode", "INVALID", _("At most %(longest)s characters.") % {"longest": 64})
        elif base and (self.variant is None or (barcode is not None and barcode != base.barcode)):
            base.barcode = barcode or ""
            rows.append(base)
        for code, factor in wanted.items():
            pack = self._pack(there.get(code), code, factor, base)
            if pack is not None:
                rows.append(pack)
        return rows, self._default(there, wanted, base)

    def _base(self, there: Mapping[str, Pack]) -> Pack | None:
        code = self.cells.get("uom")
        known = next((pack for pack in there.values() if pack.is_base), None)
        if known is not None:
            if code and self.known.unit(code) is not self.known.units_by_id.get(known.uom_id):
                self.wrong("uom", "PACK_BASE", _("The base unit of a variant cannot be changed."))
            return known
        unit = self._unit("uom", code or "PCS")
        if unit is None:
            return None
        return Pack(organization_id=self.known.organization_id, uom=unit, is_base=True, is_default=True)

    def _pack(self, known: Pack | None, code: str, factor: Decimal, base: Pack | None) -> Pack | None:
        unit = self._unit("packs", code)
        if unit is None or (known is not None and known.factor == factor):
            return None
        if base is not None and base.uom_id == unit.pk:
            if factor != 1:
                self.wrong("packs", "PACK_BASE", _("%(uom)s is the base unit.") % {"uom": unit.code})
            return None
        if known is not None and (known.variant_id, known.uom_id) in self.known.used_packs():
            text = _("%(uom)s of %(sku)s stands on documents. Make a new pack instead.")
            self.wrong("packs", "PACK_IN_USE", text % {"uom": unit.code, "sku": self.sku})
            return None
        pack = known or Pack(organization_id=self.known.organization_id, uom=unit)
        pack.factor = factor
        return pack

    def _default(self, there: Mapping[str, Pack], wanted: Mapping[str, Decimal], base: Pack | None) -> str | None:
        text = self.cells.get("order_uom")
        unit = self._unit("order_uom", text) if text else None
        if unit is None:
            return None
        base_code = base.uom.code if base else ""
        if unit.code not in {*there, *wanted, base_code}:
            self.wrong("order_uom", "UNKNOWN_UOM", _("The variant has no pack in %(uom)s.") % {"uom": unit.code})
            return None
        now = next((code for code, pack in there.items() if pack.is_default), base_code if not there else None)
        return unit.code if unit.code != now else None

    def _settle(self, product: Product, about_product: dict[str, Any], about_variant: dict[str, Any]) -> None:
        """Write what was read into the unsaved rows."""
        plan = self.plan
        plan.is_new = self.variant is None
        variant = self.variant or Variant(organization_id=self.known.organization_id, sku=self.sku)
        plan.product_changed = _write(product, about_product) or self.new_product
        plan.variant_changed = _write(variant, about_variant)
        plan.product, plan.variant = product, variant

    def _settle_packs(self, packs: list[Pack], default: str | None) -> None:
        self.plan.packs = packs
        if default is None:
            return
        self.plan.default_moves = True
        every = {pack.uom.code: pack for pack in (*self._there.values(), *packs)}
        for code, pack in every.items():
            pack.is_default = code == default
        self.plan.packs = list(every.values())


def _write(row: Product | Variant, changes: Mapping[str, Any]) -> bool:
    """Put values into an unsaved row; True when one differs from what stood there."""
    changed = False
    for name, given in changes.items():
        value: Any = {**row.attributes, **given} if name == "attributes" else given
        if name in _REFERRED:
            differs = value.pk is None or value.pk != getattr(row, f"{name}_id")
        else:
            differs = getattr(row, name) != value
        if differs:
            setattr(row, name, value)
            changed = True
    return changed
