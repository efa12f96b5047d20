"""Price indexes and their published values (contracts §4.3). A revision is a further value, never another one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from ordercenter.contracts.events import own_event
from ordercenter.contracts.library import CODE
from ordercenter.contracts.models import IndexValue, PriceIndex


def write_index(
    actor: Actor, code: str, name_zh: str, name_en: str, source: str, index_id: int | None = None
) -> PriceIndex:
    """Make a price index, or rename one. Raises INVALID, REQUIRED, DUPLICATE, NOT_FOUND."""
    actor.require("contracts.manage")
    own = PriceIndex.objects.visible_to(actor)
    problems: list[DomainError] = []
    if not CODE.fullmatch(code):
        problems.append(DomainError(CoreErrorCode.INVALID, _("Letters, digits, dots and dashes."), "code"))
    if not (name_zh.strip() or name_en.strip()):
        problems.append(DomainError(CoreErrorCode.REQUIRED, _("Give it a name."), "name_en"))
    if max(len(name_zh), len(name_en)) > 255 or len(source) > 500:
        problems.append(
            DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": 255}, "name_en")
        )
    if own.filter(code=code).exclude(pk=index_id or 0).exists():
        text = _("%(code)s is there already.") % {"code": code}
        problems.append(DomainError(CoreErrorCode.DUPLICATE, text, "code"))
    raise_all(problems)
    with transaction.atomic():
        row = (
            own.filter(pk=index_id).select_for_update().first()
            if index_id
            else PriceIndex(organization_id=actor.own_id)
        )
        if row is None:
            raise not_found("id")
        before = facts(row) if row.pk else {}
        row.code, row.name_zh, row.name_en, row.source = code, name_zh.strip(), name_en.strip(), source.strip()
        row.save()
        record(actor, own_event("index_written", "price_index", row, difference(before, facts(row))))
    return row


def add_value(actor: Actor, index_id: int, month: date, value: Decimal) -> IndexValue:
    """Publish the value of a month, from now on; for a month that has one, a revision. Raises NOT_FOUND, INVALID."""
    actor.require("contracts.manage")
    index = PriceIndex.objects.visible_to(actor).filter(pk=index_id).first()
    problems = [] if index is not None else [not_found("index")]
    if not (value.is_finite() and 0 < value < 10**9):
        problems.append(DomainError(CoreErrorCode.INVALID, _("It must be greater than 0."), "value"))
    elif value != round(value, 6):
        problems.append(DomainError(CoreErrorCode.INVALID, _("At most 6 decimals."), "value"))
    raise_all(problems)
    assert index is not None
    with transaction.atomic():
        row = IndexValue.objects.create(
            organization_id=actor.own_id, index=index, month=month.replace(day=1), value=value, added_by=actor.user
        )
        record(actor, own_event("index_value_added", "price_index", index, created(row)))
    row.refresh_from_db()
    return row
