"""Writing assortments: which part of the catalogue an audience may see and order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.happenings import tell
from marketplace.catalog.models import Assortment, AssortmentLine, Brand, Category, Product, Variant
from marketplace.catalog.values import (
    AudienceDraft,
    audience_problems,
    check,
    free_code,
    own_row,
    taken,
    too_long,
    unnamed,
    window_problems,
)
from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import DomainError, not_found
from marketplace.core.instants import BEGINNING, FOREVER
from marketplace.core.models import PolicyStatus

_SCOPES: tuple[tuple[str, type[models.Model]], ...] = (
    ("variant_id", Variant),
    ("product_id", Product),
    ("category_id", Category),
    ("brand_id", Brand),
)
WRITABLE = (PolicyStatus.DRAFT, PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class AssortmentLineDraft:
    """A part of the catalogue: at most one id is given (none: everything); held, or left out where `excluded`."""

    variant_id: int | None = None
    product_id: int | None = None
    category_id: int | None = None
    brand_id: int | None = None
    excluded: bool = False

    def key(self) -> tuple[int | None, ...]:
        return (self.variant_id, self.product_id, self.category_id, self.brand_id)


@dataclass(frozen=True, slots=True)
class AssortmentDraft:
    """An assortment to be. `lines` replace those it had."""

    name_zh: str = ""
    name_en: str = ""
    code: str = ""
    audience: AudienceDraft = field(default_factory=AudienceDraft)
    lines: Sequence[AssortmentLineDraft] = ()
    valid_from: datetime = BEGINNING
    valid_to: datetime = FOREVER
    status: PolicyStatus = PolicyStatus.EFFECTIVE


def assortment_write(actor: Actor, draft: AssortmentDraft, pk: int | None = None) -> Assortment:
    """Make an assortment or (`pk`) replace one. It holds from the commit on, in every list, search and order.

    Raises REQUIRED without a name or a line, WINDOW_EMPTY, AUDIENCE_INVALID, NOT_FOUND with the index of the line.
    """
    actor.require("catalog.manage")
    with transaction.atomic():
        row = own_row(actor, Assortment, pk) if pk else Assortment(organization=actor.organization)
        check(
            unnamed(draft.name_zh, draft.name_en),
            too_long({"code": draft.code, "name_zh": draft.name_zh, "name_en": draft.name_en}, Assortment),
            window_problems(draft.valid_from, draft.valid_to),
            audience_problems(actor, [draft.audience]),
            _code_problems(actor, row, draft.code),
            _line_problems(actor, draft.lines),
            _status_problems(draft.status),
        )
        before = facts(row) if pk else None
        for name in ("name_zh", "name_en", "valid_from", "valid_to", "status"):
            setattr(row, name, getattr(draft, name))
        for name, value in draft.audience.columns().items():
            setattr(row, name, value)
        wanted = draft.name_en or draft.name_zh
        row.code = draft.code or row.code or free_code(Assortment, actor.organization_id, wanted)
        row.save()
        row.lines.all().delete()
        AssortmentLine.objects.bulk_create(
            AssortmentLine(
                organization=actor.organization,
                assortment=row,
                variant_id=line.variant_id,
                product_id=line.product_id,
                category_id=line.category_id,
                brand_id=line.brand_id,
                excluded=line.excluded,
            )
            for line in draft.lines
        )
        changes = created(row) if before is None else difference(before, facts(row))
        told = {row.pk: {**changes, "lines": [None, len(draft.lines)]}}
        verb = {"verb": "created" if before is None else "updated"}
        tell(actor, "catalog.assortment_changed", "Assortment", [row.pk], row.organization_id, verb, told)
    return row


def assortment_end(actor: Actor, pk: int) -> Assortment:
    """Void an assortment: from now on its audience sees what the others allow."""
    actor.require("catalog.manage")
    with transaction.atomic():
        row = own_row(actor, Assortment, pk)
        told = {row.pk: {"status": [row.status, PolicyStatus.VOIDED.value]}}
        row.status = PolicyStatus.VOIDED
        row.save(update_fields=["status"])
        tell(actor, "catalog.assortment_changed", "Assortment", [row.pk], row.organization_id, changes=told)
    return row


def _code_problems(actor: Actor, row: Assortment, code: str) -> Iterator[DomainError]:
    others = Assortment.objects.filter(organization=actor.organization_id, code=code).exclude(pk=row.pk)
    if code and others.exists():
        yield taken("code", code)


def _status_problems(status: PolicyStatus) -> Iterator[DomainError]:
    if status not in WRITABLE:
        yield DomainError(Code.INVALID, _("An assortment is a draft, in effect or paused."), "status")


def _line_problems(actor: Actor, lines: Sequence[AssortmentLineDraft]) -> Iterator[DomainError]:
    """One statement for each kind of part."""
    if not lines:
        # Without a line nothing would be held, and everything be hidden or shown by accident.
        yield DomainError(Code.REQUIRED, _("An assortment needs a line at least."), "lines")
    seen: set[tuple[int | None, ...]] = set()
    for index, line in enumerate(lines):
        if sum(pk is not None for pk in line.key()) > 1:
            text = _("A line names one variant, product, category or brand.")
            yield DomainError(Code.INVALID, text, "lines", index)
        if line.key() in seen:
            yield DomainError(Code.UNIQUE, _("This stands in the assortment already."), "lines", index)
        seen.add(line.key())
    for name, model in _SCOPES:
        wanted = {pk for line in lines if (pk := getattr(line, name)) is not None}
        if not wanted:
            continue
        visible = model._default_manager.visible_to(actor)  # type: ignore[attr-defined]
        known = set(visible.filter(pk__in=wanted).values_list("pk", flat=True))
        for index, line in enumerate(lines):
            if getattr(line, name) not in (None, *known):
                yield not_found(name.removesuffix("_id"), index)
