"""Attributes and their typed values: how one is read from what people type, kept, and shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import normalize

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import products_changed, tell
from marketplace.catalog.models import Attribute, AttributeKind, Category, Product, Variant
from marketplace.catalog.values import check, free_code, misplaced, own_ids, own_row, taken, too_long, unnamed
from marketplace.core.actor import Actor
from marketplace.core.changes import created, deleted, difference, facts
from marketplace.core.errors import DomainError
from marketplace.core.names import localized

Value = str | bool

_TRUE = {"true", "yes", "y", "1", "是", "有", "√"}
_FALSE = {"false", "no", "n", "0", "否", "无", "×"}
_LONGEST = 255


def read_value(attribute: Attribute, raw: Any) -> Value:
    """The value as it is kept: numbers as plain decimal strings, dates in ISO 8601, choices by their value.

    Raises ValueError with a sentence for people.
    """
    text = _folded(str(raw))
    if attribute.kind == AttributeKind.BOOLEAN:
        return raw if isinstance(raw, bool) else _boolean(text)
    if attribute.kind == AttributeKind.NUMBER:
        return _number(text)
    if attribute.kind == AttributeKind.DATE:
        return _date(text)
    if attribute.kind == AttributeKind.CHOICE:
        return _choice(attribute, text)
    written = str(raw).strip()
    if not written or len(written) > _LONGEST:
        raise ValueError(_("A text of 1 to %(longest)s characters is expected.") % {"longest": _LONGEST})
    return written


def _folded(text: str) -> str:
    """Full-width signs made narrow, outer blanks cut."""
    return normalize("NFKC", text).strip()


def _boolean(text: str) -> bool:
    folded = text.casefold()
    if folded in _TRUE or folded in _FALSE:
        return folded in _TRUE
    raise ValueError(_("Yes or no is expected."))


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 20:
        raise ValueError(_("A number is expected."))
    bare = format(number, "f")
    return bare.rstrip("0").rstrip(".") if "." in bare else bare


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text.replace("/", "-")[:10]).isoformat()
    except ValueError:
        raise ValueError(_("A date such as 2026-03-01 is expected.")) from None


def _choice(attribute: Attribute, text: str) -> str:
    folded = text.casefold()
    for choice in attribute.choices:
        if folded in {_folded(str(choice.get(key, ""))).casefold() for key in ("value", "zh", "en")} - {""}:
            return choice["value"]
    allowed = ", ".join(choice_label(choice) for choice in attribute.choices[:12])
    raise ValueError(_("One of %(allowed)s is expected.") % {"allowed": allowed})


def choice_label(choice: Mapping[str, str]) -> str:
    """A choice in the active language."""
    return localized(choice.get("zh", ""), choice.get("en", "")) or choice["value"]


def show_value(attribute: Attribute, value: Any) -> str:
    """A kept value for people, in the active language, with its unit of measure."""
    if attribute.kind == AttributeKind.BOOLEAN:
        return _("Yes") if value else _("No")
    if attribute.kind == AttributeKind.CHOICE:
        found = next((choice for choice in attribute.choices if choice["value"] == value), None)
        return choice_label(found) if found else str(value)
    if attribute.kind == AttributeKind.DATE:
        try:
            return date_format(date.fromisoformat(value), "DATE_FORMAT")
        except ValueError:
            return str(value)
    if attribute.kind == AttributeKind.NUMBER and attribute.uom_id:
        unit = attribute.uom
        assert unit is not None
        separator = "" if (get_language() or "").startswith("zh") else " "
        return f"{value}{separator}{unit.name}"
    return str(value)


def definitions(organization_id: int | None, codes: Iterable[str]) -> dict[str, Attribute]:
    """Attributes of an organization by code, with their units of measure. One statement."""
    rows = Attribute.objects.filter(organization=organization_id, code__in=set(codes)).select_related("uom")
    return {row.code: row for row in rows}


def read_values(
    known: Mapping[str, Attribute], values: Mapping[str, Any], of_variant: bool, problems: list[DomainError]
) -> dict[str, Value | None]:
    """Typed values by code; an empty one is None, which removes it. Appends what is wrong to `problems`."""
    found: dict[str, Value | None] = {}
    for index, (code, raw) in enumerate(values.items()):
        attribute = known.get(code)
        if attribute is None or attribute.of_variant != of_variant:
            text = _("There is no attribute %(code)s here.") % {"code": code}
            problems.append(DomainError(Code.ATTRIBUTE_UNKNOWN, text, "attributes", index))
        elif raw is None or raw == "":
            found[code] = None
        else:
            try:
                found[code] = read_value(attribute, raw)
            except ValueError as error:
                text = f"{attribute.name}: {error}"
                problems.append(DomainError(Code.ATTRIBUTE_VALUE, text, "attributes", index))
    return found


def merged(old: Mapping[str, Any], new: Mapping[str, Value | None]) -> dict[str, Any]:
    """Old values with new ones written over them; None removes."""
    return {code: value for code, value in {**old, **new}.items() if value is not None}


def attribute_create(actor: Actor, fields: Mapping[str, Any]) -> Attribute:
    """Define an attribute: code, names, kind, choices, uom, of_variant, is_facet, categories (ids)."""
    actor.require("catalog.manage")
    fields = dict(fields)
    categories = fields.pop("categories", None)
    row = Attribute(organization=actor.organization, **fields)
    check(unnamed(row.name_zh, row.name_en), _attribute_problems(actor, row), _categories(actor, categories))
    with transaction.atomic():
        row.code = row.code or free_code(Attribute, actor.organization_id, row.name_en or row.name_zh)
        row.save()
        if categories is not None:
            row.categories.set(categories)
        told = {row.pk: created(row)}
        tell(actor, "catalog.attribute_changed", "Attribute", [row.pk], row.organization_id, {"verb": "created"}, told)
    return row


def attribute_update(actor: Actor, pk: int, fields: Mapping[str, Any]) -> Attribute:
    """Change an attribute. Its kind, and a choice that goods have, stay as they are once goods use it: IN_USE."""
    actor.require("catalog.manage")
    fields = dict(fields)
    categories = fields.pop("categories", None)
    with transaction.atomic():
        row = own_row(actor, Attribute, pk)
        old = facts(row)
        before = (row.kind, row.of_variant, {choice["value"] for choice in row.choices})
        for name, value in fields.items():
            setattr(row, name, value)
        check(
            unnamed(row.name_zh, row.name_en),
            _attribute_problems(actor, row),
            _categories(actor, categories),
            _use_problems(row, *before),
        )
        row.save()
        if categories is not None:
            row.categories.set(categories)
        told = {row.pk: difference(old, facts(row))}
        tell(actor, "catalog.attribute_changed", "Attribute", [row.pk], row.organization_id, {"verb": "updated"}, told)
        products_changed(_goods_with(row).values_list("product_id" if row.of_variant else "pk", flat=True))
    return row


def attribute_delete(actor: Actor, pk: int) -> None:
    """Delete an attribute that no goods use; raises IN_USE."""
    actor.require("catalog.manage")
    with transaction.atomic():
        row = own_row(actor, Attribute, pk)
        if _goods_with(row).exists():
            raise DomainError(Code.IN_USE, _("Goods have values of this attribute."), "id")
        told = {row.pk: deleted(row)}
        tell(actor, "catalog.attribute_changed", "Attribute", [row.pk], row.organization_id, {"verb": "deleted"}, told)
        row.delete()


def _goods_with(row: Attribute) -> Any:
    model = Variant if row.of_variant else Product
    return model.objects.filter(organization=row.organization_id, attributes__has_key=row.code)


def _use_problems(row: Attribute, kind: str, of_variant: bool, values: set[str]) -> Iterator[DomainError]:
    gone = values - {choice["value"] for choice in row.choices}
    if row.kind == kind and row.of_variant == of_variant and not gone:
        return
    used = Variant if of_variant else Product
    goods = used.objects.filter(organization=row.organization_id, attributes__has_key=row.code)
    if row.kind != kind or row.of_variant != of_variant:
        if goods.exists():
            yield DomainError(Code.IN_USE, _("Goods have values of this attribute."), "kind")
        return
    if goods.filter(**{f"attributes__{row.code}__in": sorted(gone)}).exists():
        yield DomainError(Code.IN_USE, _("Goods have values that would be removed."), "choices")


def _attribute_problems(actor: Actor, row: Attribute) -> Iterator[DomainError]:
    yield from too_long({name: getattr(row, name) for name in ("code", "name_zh", "name_en")}, Attribute)
    yield from misplaced(row.position)
    others = Attribute.objects.filter(organization=actor.organization_id, code=row.code).exclude(pk=row.pk)
    if row.code and others.exists():
        yield taken("code", row.code)
    values = [choice.get("value") for choice in row.choices if isinstance(choice, dict)]
    if row.kind == AttributeKind.CHOICE and not values:
        yield DomainError(Code.REQUIRED, _("A choice needs values to choose from."), "choices")
    if len(set(values)) != len(row.choices) or not all(values):
        yield DomainError(Code.INVALID, _("Each choice needs a value of its own."), "choices")
    if row.kind != AttributeKind.CHOICE and row.choices:
        yield DomainError(Code.INVALID, _("Only a choice has values to choose from."), "choices")
    if row.kind != AttributeKind.NUMBER and row.uom_id:
        yield DomainError(Code.INVALID, _("Only a number has a unit of measure."), "uom")


def _categories(actor: Actor, ids: Iterable[int] | None) -> Iterator[DomainError]:
    yield from own_ids(actor, Category, ids or (), "categories")
