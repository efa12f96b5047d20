"""Brands and the category tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import products_changed, tell
from marketplace.catalog.models import AssortmentLine, Attribute, Brand, Category, Product
from marketplace.catalog.values import check, free_code, misplaced, own_ids, own_row, taken, too_long, unnamed
from marketplace.core.actor import Actor
from marketplace.core.changes import created, deleted, difference, facts
from marketplace.core.errors import DomainError, not_found
from marketplace.core.models import PolicyStatus
from marketplace.core.trees import lock_tree, move, plant


def brand_create(actor: Actor, fields: Mapping[str, Any]) -> Brand:
    """Make a brand: code (made from the name when empty), name_zh, name_en."""
    actor.require("catalog.manage")
    row = Brand(organization=actor.organization, **fields)
    check(_problems(actor, Brand, row))
    with transaction.atomic():
        row.code = row.code or free_code(Brand, actor.organization_id, row.name_en or row.name_zh)
        row.save()
        told = {row.pk: created(row)}
        tell(actor, "catalog.brand_changed", "Brand", [row.pk], row.organization_id, {"verb": "created"}, told)
    return row


def brand_update(actor: Actor, pk: int, fields: Mapping[str, Any]) -> Brand:
    """Rename a brand; its goods are found by the new name at once."""
    actor.require("catalog.manage")
    with transaction.atomic():
        row = own_row(actor, Brand, pk)
        before = facts(row)
        for name, value in fields.items():
            setattr(row, name, value)
        check(_problems(actor, Brand, row))
        row.save()
        told = {row.pk: difference(before, facts(row))}
        tell(actor, "catalog.brand_changed", "Brand", [row.pk], row.organization_id, {"verb": "updated"}, told)
        products_changed(Product.objects.filter(brand=row).values_list("pk", flat=True))
    return row


def brand_delete(actor: Actor, pk: int) -> None:
    """Delete a brand that no product has; raises IN_USE."""
    actor.require("catalog.manage")
    with transaction.atomic():
        row = own_row(actor, Brand, pk)
        if row.products.exists():
            raise DomainError(Code.IN_USE, _("Products have this brand."), "id")
        _named_by_no_assortment(brand=row)
        told = {row.pk: deleted(row)}
        tell(actor, "catalog.brand_changed", "Brand", [row.pk], row.organization_id, {"verb": "deleted"}, told)
        row.delete()


def category_create(actor: Actor, fields: Mapping[str, Any]) -> Category:
    """Make a category: code (from the name when empty), name_zh, name_en, parent_id, position, attributes (ids)."""
    actor.require("catalog.manage")
    fields = dict(fields)
    attributes = fields.pop("attributes", None)
    with transaction.atomic():
        lock_tree(Category, actor.organization_id or 0)
        row = Category(organization=actor.organization, **fields)
        check(_problems(actor, Category, row), _attributes(actor, attributes))
        parent = _parent(actor, row.parent_id)
        row.code = row.code or free_code(Category, actor.organization_id, row.name_en or row.name_zh)
        plant(row, parent)
        if attributes is not None:
            row.attributes.set(attributes)
        told = {row.pk: created(row)}
        tell(actor, "catalog.category_changed", "Category", [row.pk], row.organization_id, {"verb": "created"}, told)
    return row


def category_update(actor: Actor, pk: int, fields: Mapping[str, Any]) -> Category:
    """Change a category, or move it with all below it to another parent; raises TREE_CYCLE."""
    actor.require("catalog.manage")
    fields = dict(fields)
    attributes = fields.pop("attributes", None)
    with transaction.atomic():
        lock_tree(Category, actor.organization_id or 0)
        row = own_row(actor, Category, pk)
        before, kept = facts(row), {}
        parent_id = fields.pop("parent_id", row.parent_id)
        for name, value in fields.items():
            setattr(row, name, value)
        check(_problems(actor, Category, row), _attributes(actor, attributes))
        row.save()
        moved = parent_id != row.parent_id
        if moved:
            move(row, _parent(actor, parent_id))
        if attributes is not None:
            attributes = list(attributes)
            row.attributes.set(attributes)
            kept = {"attributes": [None, sorted(attributes)]} if attributes else {}
        told = {row.pk: {**difference(before, facts(row)), **kept}}
        tell(actor, "catalog.category_changed", "Category", [row.pk], row.organization_id, {"verb": "updated"}, told)
        if moved or {"name_zh", "name_en"} & set(fields):
            below = Product.objects.filter(category__ancestors__contains=[row.pk])
            products_changed(below.values_list("pk", flat=True))
    return row


def category_place(actor: Actor, pk: int, parent_id: int | None, before: int | None = None) -> Category:
    """Put a category with all below it under a parent (None: make it a root), before another one there or last.

    A constant number of statements. Raises NOT_FOUND (also for a `before` that is not there) and TREE_CYCLE.
    """
    actor.require("catalog.manage")
    with transaction.atomic():
        lock_tree(Category, actor.organization_id or 0)
        row = own_row(actor, Category, pk)
        old = facts(row)
        moved = parent_id != row.parent_id
        if moved:
            move(row, _parent(actor, parent_id))
        others = Category.objects.filter(organization=actor.organization_id, parent=parent_id).exclude(pk=pk)
        beside = sorted(others, key=lambda one: (one.position, one.name, one.pk))
        place = next((at for at, one in enumerate(beside) if one.pk == before), len(beside))
        if before is not None and place == len(beside):
            raise not_found("before")
        beside.insert(place, row)
        for position, one in enumerate(beside):
            one.position = position
        Category.objects.bulk_update(beside, ["position"])
        told = {row.pk: difference(old, facts(row))}
        tell(actor, "catalog.category_changed", "Category", [row.pk], row.organization_id, {"verb": "moved"}, told)
        if moved:
            below = Product.objects.filter(category__ancestors__contains=[row.pk])
            products_changed(below.values_list("pk", flat=True))
    return row


def category_delete(actor: Actor, pk: int) -> None:
    """Delete a category with nothing in it and nothing below it; raises IN_USE."""
    actor.require("catalog.manage")
    with transaction.atomic():
        lock_tree(Category, actor.organization_id or 0)
        row = own_row(actor, Category, pk)
        if row.children.exists() or row.products.exists():
            raise DomainError(Code.IN_USE, _("The category is not empty."), "id")
        _named_by_no_assortment(category=row)
        told = {row.pk: deleted(row)}
        tell(actor, "catalog.category_changed", "Category", [row.pk], row.organization_id, {"verb": "deleted"}, told)
        row.delete()


def _named_by_no_assortment(**what: Brand | Category) -> None:
    """IN_USE where an assortment names it: without the line, that one would show its audience something else."""
    if AssortmentLine.objects.filter(**what).exclude(assortment__status=PolicyStatus.VOIDED).exists():
        raise DomainError(Code.IN_USE, _("An assortment names it."), "id")


def _parent(actor: Actor, parent_id: int | None) -> Category | None:
    if parent_id is None:
        return None
    parent = Category.objects.filter(organization=actor.organization_id, pk=parent_id).first()
    if parent is None:
        raise not_found("parent")
    return parent


def _attributes(actor: Actor, ids: Iterable[int] | None) -> Iterator[DomainError]:
    yield from own_ids(actor, Attribute, ids or (), "attributes")


def _problems(actor: Actor, model: type[Brand] | type[Category], row: Brand | Category) -> Iterator[DomainError]:
    yield from unnamed(row.name_zh, row.name_en)
    yield from too_long({name: getattr(row, name) for name in ("code", "name_zh", "name_en")}, model)
    yield from misplaced(getattr(row, "position", 0))
    others = model.objects.filter(organization=actor.organization_id, code=row.code).exclude(pk=row.pk)
    if row.code and others.exists():
        yield taken("code", row.code)
