"""Source lists: who may supply goods, from when to when (contracts §2). They are the buyer's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.catalog.models import Category, Variant
from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.clock import today_of
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.models import Partnership, Unit
from ordercenter.contracts.enums import SourceUse
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.events import own_event
from ordercenter.contracts.models import ContractLine, SourceList

EXCLUDED = "23P01"
MANAGE = "sources.manage"


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A source of a variant or of a category, for a plant or for all."""

    seller_id: int
    valid_from: date
    use: SourceUse = SourceUse.ALLOWED
    variant_id: int | None = None
    category_id: int | None = None
    plant_id: int | None = None
    valid_to: date | None = None
    contract_line_id: int | None = None
    note: str = ""


def write_source(actor: Actor, draft: SourceDraft, source_id: int | None = None) -> SourceList:
    """Enter a source, or change one. SOURCE_CONFLICT for a second fixed one, or a seller that stands there already."""
    actor.require(MANAGE)
    raise_all(_problems(actor, draft))
    with transaction.atomic():
        row = SourceList(organization_id=actor.own_id)
        if source_id is not None:
            row = _own(actor, source_id)
        before = facts(row) if row.pk else {}
        for name in SourceDraft.__slots__:
            setattr(row, name, getattr(draft, name))
        save_or_conflict(row, _("Another source holds here in this time."))
        record(actor, own_event("source_written", "source_list", row, difference(before, facts(row))))
    return row


def end_source(actor: Actor, source_id: int, last_day: date | None = None) -> SourceList:
    """Let a source end with a day, today unless told, and not before the day it begins."""
    actor.require(MANAGE)
    with transaction.atomic():
        row = _own(actor, source_id)
        before = facts(row)
        day = last_day or today_of(actor.organization)
        row.valid_to = max(day, row.valid_from)
        row.save(update_fields=["valid_to"])
        record(actor, own_event("source_ended", "source_list", row, difference(before, facts(row))))
    return row


def save_or_conflict(row: Any, text: str) -> None:
    """Save a row that the database may refuse to have beside another: SOURCE_CONFLICT."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", None) != EXCLUDED:
            raise
        raise DomainError(ContractErrorCode.SOURCE_CONFLICT, text, "seller") from None


def is_supplier(actor: Actor, seller_id: int) -> bool:
    """True for a seller that the actor's organization buys from."""
    return Partnership.objects.filter(upstream=seller_id, downstream=actor.organization_id).exists()


def _own(actor: Actor, source_id: int) -> SourceList:
    row = SourceList.objects.visible_to(actor).filter(pk=source_id).select_for_update().first()
    if row is None:
        raise not_found("id")
    return row


def _problems(actor: Actor, draft: SourceDraft) -> list[DomainError]:
    problems: list[DomainError] = []
    if not is_supplier(actor, draft.seller_id):
        problems.append(not_found("seller"))
    if (draft.variant_id is None) == (draft.category_id is None):
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("Choose goods or a category."), "variant"))
    if draft.variant_id and not Variant.objects.filter(pk=draft.variant_id, organization=draft.seller_id).exists():
        problems.append(not_found("variant"))
    if draft.category_id and not Category.objects.filter(pk=draft.category_id, organization=draft.seller_id).exists():
        problems.append(not_found("category"))
    if draft.plant_id and not Unit.objects.filter(pk=draft.plant_id, organization=actor.organization_id).exists():
        problems.append(not_found("plant"))
    if draft.contract_line_id:
        lines = ContractLine.objects.visible_to(actor).filter(seller=draft.seller_id, buyer=actor.organization_id)
        if not lines.filter(pk=draft.contract_line_id).exists():
            problems.append(not_found("contract_line"))
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        problems.append(DomainError(ContractErrorCode.WINDOW_EMPTY, _("It would end before it begins."), "valid_to"))
    if len(draft.note) > 255:
        problems.append(DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": 255}, "note"))
    return problems
