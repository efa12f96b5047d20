"""Rules that say how exactly an audience sees one's stock (stock §9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.catalog.models import Category, Product, Variant
from marketplace.core.actor import Actor
from marketplace.core.changes import created, deleted, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.parties.models import PartnerGrade, PartnerGroup, Partnership
from ordercenter.stock.events import stock_event
from ordercenter.stock.models import StockShow, StockVisibility, Warehouse

NAMED: dict[str, Any] = {
    "partnership": Partnership,
    "group": PartnerGroup,
    "grade": PartnerGrade,
    "variant": Variant,
    "product": Product,
    "category": Category,
}
KEY = [*NAMED, "warehouses"]


@dataclass(frozen=True, slots=True)
class VisibilityRule:
    """For whom (at most one of three, none: everyone), of what (at most one of three, none: all goods), where, how."""

    show: str
    partnership_id: int | None = None
    group_id: int | None = None
    grade_id: int | None = None
    variant_id: int | None = None
    product_id: int | None = None
    category_id: int | None = None
    warehouses: tuple[int, ...] = ()

    @property
    def key(self) -> dict[str, object]:
        """What tells it from another rule."""
        return {f"{name}_id": getattr(self, f"{name}_id") for name in NAMED} | {
            "warehouses": sorted(set(self.warehouses))
        }


def write_visibility(actor: Actor, rules: Sequence[VisibilityRule]) -> list[StockVisibility]:
    """Write rules of the actor's organization; one for the same audience, goods and places replaces the old one."""
    raise_all([*_unclear(rules), *_foreign(actor, rules)])
    with transaction.atomic():
        there = {_key(row): row for row in _own(actor)}
        rows = [StockVisibility(organization=actor.organization, **rule.key, show=rule.show) for rule in rules]
        written = StockVisibility.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["organization", *KEY], update_fields=["show"]
        )
        record_all(actor, _told(written, there))
    return written


def end_visibility(actor: Actor, rule_ids: Sequence[int]) -> None:
    """Drop rules; NOT_FOUND for those of others."""
    with transaction.atomic():
        found = {row.pk: row for row in _own(actor).filter(pk__in=rule_ids)}
        raise_all(not_found("ids", index) for index, pk in enumerate(rule_ids) if pk not in found)
        StockVisibility.objects.filter(pk__in=found).delete()
        record_all(
            actor,
            (stock_event("stock.visibility_changed", row, deleted(row), verb="deleted") for row in found.values()),
        )


def _own(actor: Actor) -> QuerySet[StockVisibility]:
    """The rules of the actor's organization, under lock."""
    return StockVisibility.objects.visible_to(actor).order_by("pk").select_for_update()


def _key(row: StockVisibility) -> tuple[Any, ...]:
    return (*(getattr(row, f"{name}_id") for name in NAMED), *row.warehouses)


def _told(rows: Sequence[StockVisibility], there: Mapping[tuple[Any, ...], StockVisibility]) -> Iterator[DomainEvent]:
    """An event for each rule that is not as it was."""
    for row in rows:
        old = there.get(_key(row))
        changes = difference(facts(old), facts(row)) if old else created(row)
        if changes:
            yield stock_event("stock.visibility_changed", row, changes, verb="updated" if old else "created")


def _unclear(rules: Sequence[VisibilityRule]) -> Iterator[DomainError]:
    """What is wrong with rules by themselves."""
    seen: list[dict[str, object]] = []
    for index, rule in enumerate(rules):
        if rule.key in seen:
            text = _("There are two rules for the same audience, goods and places.")
            yield DomainError(CoreErrorCode.DUPLICATE, text, "rules", index)
        seen.append(rule.key)
        if rule.show not in StockShow.values:
            yield DomainError(CoreErrorCode.INVALID, _("Choose how it is shown."), "show", index)
        for names in (("partnership", "group", "grade"), ("variant", "product", "category")):
            if sum(getattr(rule, f"{name}_id") is not None for name in names) > 1:
                yield DomainError(CoreErrorCode.INVALID, _("Choose only one of these."), names[0], index)


def _foreign(actor: Actor, rules: Sequence[VisibilityRule]) -> Iterator[DomainError]:
    """NOT_FOUND for what a rule names and is not the actor's own; one statement a kind of thing."""
    own = {"organization": actor.organization_id}
    for name, model in NAMED.items():
        asked = {getattr(rule, f"{name}_id") for rule in rules} - {None}
        if not asked:
            continue
        rows = model.objects.filter(**({"upstream": actor.organization_id} if model is Partnership else own))
        found = set(rows.filter(pk__in=asked).values_list("pk", flat=True))
        for index, rule in enumerate(rules):
            if getattr(rule, f"{name}_id") in asked - found:
                yield not_found(name, index)
    places = {place for rule in rules for place in rule.warehouses}
    known = set(Warehouse.objects.filter(**own, pk__in=places).values_list("pk", flat=True)) if places else set()
    for index, rule in enumerate(rules):
        if set(rule.warehouses) - known:
            yield not_found("warehouses", index)
