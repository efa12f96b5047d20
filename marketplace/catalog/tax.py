"""Tax categories of a seller and their rates by date (docs/concepts/tax.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import tell
from marketplace.catalog.models import Product, TaxCategory, TaxCategoryKind, TaxRate
from marketplace.catalog.products import tax_problems
from marketplace.catalog.values import check, free_code, home, misplaced, own_row, taken, too_long, unnamed
from marketplace.core.actor import Actor
from marketplace.core.advisory import advisory_lock
from marketplace.core.changes import Changes, created, deleted, difference, facts
from marketplace.core.errors import DomainError, not_found
from marketplace.core.instants import BEGINNING, FOREVER

FIELDS = frozenset({"code", "name_zh", "name_en", "kind", "is_default", "position"})


@dataclass(frozen=True, slots=True)
class Preset:
    """A tax category as a country knows it; `rate` is a fraction."""

    code: str
    name_zh: str
    name_en: str
    rate: Decimal
    kind: TaxCategoryKind = TaxCategoryKind.TAXED


#: China's VAT, as in force since 1 April 2019 (Announcement 39 of 2019 of the Ministry of Finance, the tax and the
#: customs administration): goods, transport and agricultural goods, services, exports, and what is exempt.
CHINESE_VAT = (
    Preset("vat-13", "增值税 13%", "VAT 13 %", Decimal("0.13")),
    Preset("vat-9", "增值税 9%", "VAT 9 %", Decimal("0.09")),
    Preset("vat-6", "增值税 6%", "VAT 6 %", Decimal("0.06")),
    Preset("vat-0", "增值税零税率", "VAT 0 %", Decimal(0), TaxCategoryKind.ZERO_RATED),
    Preset("vat-exempt", "免征增值税", "VAT-exempt", Decimal(0), TaxCategoryKind.EXEMPT),
)
PRESETS = {"cn": CHINESE_VAT}


def tax_category_create(actor: Actor, fields: Mapping[str, Any], rate: Decimal = Decimal(0)) -> TaxCategory:
    """Make a category with the rate that has always held: code (from the name when empty), names, kind, is_default.

    Raises REQUIRED, UNIQUE and INVALID (a rate above 0 of what is not taxed), all at once.
    """
    actor.require("tax.manage")
    with transaction.atomic():
        _lock(actor)
        row = TaxCategory(organization=actor.organization)
        _apply(actor, row, fields, [*tax_problems(rate), *_rate_of_kind(fields.get("kind"), rate)])
        row.code = row.code or free_code(TaxCategory, actor.organization_id, row.name_en or row.name_zh)[:32]
        _only_default(row)
        row.save()
        TaxRate.objects.create(organization=home(actor), category=row, rate=rate)
        _tell(actor, row, created(row) | {"rate": [None, _percent(rate)]}, "created")
    return row


def tax_category_update(actor: Actor, pk: int, fields: Mapping[str, Any]) -> TaxCategory:
    """Rename a category, say what a rate of 0 means in it, or make it the one new products get."""
    actor.require("tax.manage")
    with transaction.atomic():
        _lock(actor)
        row = own_row(actor, TaxCategory, pk)
        before = facts(row)
        highest = max((one.rate for one in row.rates.all()), default=Decimal(0))
        _apply(actor, row, fields, list(_rate_of_kind(fields.get("kind"), highest, "kind")))
        _only_default(row)
        row.save()
        _tell(actor, row, difference(before, facts(row)), "updated")
    return row


def tax_category_delete(actor: Actor, pk: int) -> None:
    """Delete a category that no product has, with its rates; raises IN_USE."""
    actor.require("tax.manage")
    with transaction.atomic():
        _lock(actor)
        row = own_row(actor, TaxCategory, pk)
        if Product.objects.filter(tax_category=row).exists():
            raise DomainError(Code.IN_USE, _("Products have this tax category."), "id")
        _tell(actor, row, deleted(row), "deleted")
        row.delete()


def tax_rate_write(actor: Actor, category_id: int, rate: Decimal, since: date | None = None) -> TaxRate:
    """The rate of a category from a day on (None: always so far), until the next one that was written begins.

    The day begins at midnight in the organization's zone. What is ordered keeps the rate it was placed with.
    """
    actor.require("tax.manage")
    with transaction.atomic():
        _lock(actor)
        category = own_row(actor, TaxCategory, category_id, "category")
        check(tax_problems(rate), _rate_of_kind(category.kind, rate))
        start = BEGINNING if since is None else midnight(actor, since)
        rows = list(TaxRate.objects.filter(category=category).order_by("valid_from"))
        following = next((row.valid_from for row in rows if row.valid_from > start), FOREVER)
        holding = next((row for row in rows if row.valid_from <= start < row.valid_to), None)
        before = holding.rate if holding else None
        if holding is not None and holding.valid_from == start:
            holding.rate = rate
            holding.save(update_fields=["rate"])
            row = holding
        else:
            if holding is not None:
                holding.valid_to = start
                holding.save(update_fields=["valid_to"])
            row = TaxRate.objects.create(
                organization=home(actor), category=category, rate=rate, valid_from=start, valid_to=following
            )
        _tell(actor, category, {"rate": [_percent(before), _since(rate, since)]}, "rate")
    return row


def tax_rate_remove(actor: Actor, pk: int) -> TaxCategory:
    """Take back a rate that has not begun: the one before it holds on. Raises INVALID_TRANSITION once it has begun."""
    actor.require("tax.manage")
    with transaction.atomic():
        _lock(actor)
        row = TaxRate.objects.filter(organization=actor.organization_id, pk=pk).select_related("category").first()
        if row is None:
            raise not_found("id")
        if row.valid_from <= timezone.now():
            text = _("This rate has begun; write the one that follows it.")
            raise DomainError(Code.INVALID_TRANSITION, text, "id")
        end, category = row.valid_to, row.category
        before = TaxRate.objects.filter(category=category, valid_to=row.valid_from).first()
        _tell(actor, category, {"rate": [_since(row.rate, row.valid_from.date()), None]}, "rate")
        row.delete()
        if before is not None:
            before.valid_to = end
            before.save(update_fields=["valid_to"])
    return category


def tax_preset_apply(actor: Actor, preset: str = "cn") -> list[TaxCategory]:
    """Set up the categories of a country with their rates; those whose code is there stay as they are.

    The first becomes the default where there is none. Raises NOT_FOUND for a preset nobody has written.
    """
    actor.require("tax.manage")
    if preset not in PRESETS:
        raise not_found("preset")
    with transaction.atomic():
        _lock(actor)
        rows = {row.code: row for row in TaxCategory.objects.filter(organization=actor.organization_id)}
        free = not any(row.is_default for row in rows.values())
        wanted = [one for one in PRESETS[preset] if one.code not in rows]
        made = TaxCategory.objects.bulk_create(
            TaxCategory(
                organization=home(actor),
                code=one.code,
                name_zh=one.name_zh,
                name_en=one.name_en,
                kind=one.kind,
                position=place,
                is_default=free and place == 0,
            )
            for place, one in enumerate(wanted)
        )
        TaxRate.objects.bulk_create(
            TaxRate(organization=home(actor), category=row, rate=one.rate)
            for row, one in zip(made, wanted, strict=True)
        )
        told: dict[int, Changes] = {row.pk: created(row) for row in made}
        owner = actor.organization_id or 0
        tell(actor, "catalog.tax_changed", "TaxCategory", sorted(told), owner, {"verb": "created"}, told)
    return [*rows.values(), *made]


def rates_now(category_ids: list[int], at: datetime | None = None) -> dict[int, Decimal]:
    """The rate in force of each category; one is missing where none is. One statement."""
    at = at or timezone.now()
    rows = TaxRate.objects.filter(category__in=category_ids, valid_from__lte=at, valid_to__gt=at)
    return dict(rows.values_list("category_id", "rate"))


def default_category(organization_id: int | None) -> TaxCategory | None:
    """What a new product of a seller gets unless told otherwise."""
    return TaxCategory.objects.filter(organization=organization_id, is_default=True).first()


def midnight(actor: Actor, day: date) -> datetime:
    """The instant at which a day begins where the organization is."""
    return datetime.combine(day, time(), ZoneInfo(home(actor).time_zone))


def _lock(actor: Actor) -> None:
    """One writer of an organization's tax at a time: which rate follows which is a fact of all of them."""
    advisory_lock("tax", actor.organization_id)


def _apply(actor: Actor, row: TaxCategory, fields: Mapping[str, Any], problems: list[DomainError]) -> None:
    assert not set(fields) - FIELDS, fields
    for name, value in fields.items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    texts = {name: getattr(row, name) for name in ("code", "name_zh", "name_en")}
    check(problems, unnamed(row.name_zh, row.name_en), too_long(texts, TaxCategory), misplaced(row.position))
    others = TaxCategory.objects.filter(organization=actor.organization_id, code=row.code).exclude(pk=row.pk)
    if row.code and others.exists():
        raise taken("code", row.code)


def _rate_of_kind(kind: str | None, rate: Decimal, field: str = "rate") -> Iterator[DomainError]:
    """INVALID for a rate above 0 of what is zero-rated or exempt."""
    if rate and kind not in (None, TaxCategoryKind.TAXED):
        yield DomainError(Code.INVALID, _("What is zero-rated or exempt has a rate of 0."), field)


def _only_default(row: TaxCategory) -> None:
    if row.is_default:
        others = TaxCategory.objects.filter(organization=row.organization_id, is_default=True)
        others.exclude(pk=row.pk).update(is_default=False)


def _percent(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{(rate * 100).normalize():f} %"


def _since(rate: Decimal, since: date | None) -> str:
    return f"{_percent(rate)}, {since.isoformat()}" if since else f"{_percent(rate)}"


def _tell(actor: Actor, row: TaxCategory, changes: Changes, verb: str) -> None:
    tell(actor, "catalog.tax_changed", "TaxCategory", [row.pk], row.organization_id, {"verb": verb}, {row.pk: changes})
