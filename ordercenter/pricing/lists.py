"""The life of a price list: created as a draft, put in effect, paused, voided, copied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.core.models import PolicyStatus
from marketplace.core.money import EXPONENTS
from marketplace.core.states import Transition, TransitionTable
from marketplace.parties.models import Organization
from ordercenter.pricing.assignments import assign, rename_policy
from ordercenter.pricing.drafts import PriceListDraft, audience_problems, length_problems, priority_problems
from ordercenter.pricing.errors import PricingErrorCode
from ordercenter.pricing.models import PriceList

MANAGE = "prices.manage"

MOVES = TransitionTable(
    [Transition("submit", source, PolicyStatus.EFFECTIVE) for source in (PolicyStatus.DRAFT, PolicyStatus.PAUSED)]
    + [Transition("pause", PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED)]
    + [
        Transition("void", source, PolicyStatus.VOIDED)
        for source in (PolicyStatus.DRAFT, PolicyStatus.EFFECTIVE, PolicyStatus.PAUSED)
    ]
)

COPY_ROWS = """
INSERT INTO pricing_pricerow
    (organization_id, price_list_id, variant_id, uom_id, min_quantity, amount, valid_from, valid_to)
SELECT %(organization)s, %(target)s, variant_id, uom_id, min_quantity, amount, valid_from, valid_to
FROM pricing_pricerow WHERE price_list_id = %(source)s AND valid_to > now()
"""


def price_list_create(actor: Actor, draft: PriceListDraft) -> PriceList:
    """A new list in DRAFT, and the policy that assigns it where the draft names an audience (pricing §2).

    Raises REQUIRED, DUPLICATE (code), INVALID (currency), WINDOW_EMPTY, AUDIENCE_INVALID, NOT_FOUND (audience).
    """
    actor.require(MANAGE)
    owner = home_of(actor)
    columns: dict[str, Any] = {"currency": owner.currency, **draft.columns()}
    with transaction.atomic():
        raise_all([*_list_problems(actor, columns, PriceList(**columns)), *_assignment_problems(actor, draft)])
        made = PriceList.objects.create(organization=owner, managed_by=owner, **columns)
        assign(made, draft)
        record(actor, list_event("pricing.list_created", made, created(made)))
    return made


def price_list_update(actor: Actor, list_id: int, draft: PriceListDraft) -> PriceList:
    """Change a list; what it says of its prices is in force with the commit, so its version rises.

    Raises what creating raises, PAST_IS_CLOSED for an end before now and for another beginning of a list that has been
    in force, INVALID for another currency of a list with prices, INVALID_TRANSITION for a voided one.
    """
    actor.require(MANAGE)
    with transaction.atomic():
        found = lock_list(actor, list_id)
        MOVES.target("void", found.status)
        columns = draft.columns()
        problems = [*_list_problems(actor, columns, found), *_change_problems(columns, found)]
        raise_all([*problems, *_assignment_problems(actor, draft)])
        if columns.get("code", found.code) != found.code:
            rename_policy(found, columns["code"])
        before, was_in_force = facts(found), ever_in_force(found)
        for name, value in columns.items():
            setattr(found, name, value)
        if found.status == PolicyStatus.EFFECTIVE and not was_in_force:
            found.effective_since = _in_force_from(found)
        found.version += 1
        found.save()
        assign(found, draft)
        record(actor, list_event("pricing.list_updated", found, difference(before, facts(found))))
    return found


def price_list_submit(actor: Actor, list_id: int) -> PriceList:
    """Put a draft or paused list in effect at once; before its window begins it is SCHEDULED."""
    return _move(actor, list_id, "submit", "pricing.list_submitted")


def price_list_pause(actor: Actor, list_id: int) -> PriceList:
    """Take a list out of every chain until it is submitted again."""
    return _move(actor, list_id, "pause", "pricing.list_paused")


def price_list_void(actor: Actor, list_id: int) -> PriceList:
    """Take a list out of every chain for good."""
    return _move(actor, list_id, "void", "pricing.list_voided")


def price_list_copy(actor: Actor, list_id: int, draft: PriceListDraft) -> PriceList:
    """A new draft with the settings of a list and its prices in force and to come; what the draft names differs."""
    actor.require(MANAGE)
    with transaction.atomic():
        source = _visible(actor).filter(pk=list_id).first()
        if source is None:
            raise not_found("id")
        kept = ("name_zh", "name_en", "public_label_zh", "public_label_en", "uom_fallback", "tier_scope", "fixed")
        columns = {name: getattr(source, name) for name in kept} | {"currency": source.currency} | draft.columns()
        columns["currency"] = source.currency
        raise_all([*_list_problems(actor, columns, PriceList(**columns)), *_assignment_problems(actor, draft)])
        owner = home_of(actor)
        copy = PriceList.objects.create(organization=owner, managed_by=owner, **columns)
        with connection.cursor() as cursor:
            keys = {"source": source.pk, "target": copy.pk, "organization": copy.organization_id}
            cursor.execute(COPY_ROWS, keys)
            copy.row_count = cursor.rowcount
        copy.version = 1
        copy.save(update_fields=["row_count", "version"])
        assign(copy, draft)
        record(actor, list_event("pricing.list_created", copy, created(copy), copied_from=source.pk))
    return copy


def lock_list(actor: Actor, list_id: int, field: str = "id") -> PriceList:
    """The actor's list, locked until the transaction ends (lock level 6), with `now` of the transaction on it.

    Writers of one list queue here; readers take no lock. Raises NOT_FOUND.
    """
    found = (
        _visible(actor).annotate(now=TransactionNow()).select_for_update(of=("self",)).order_by("pk").filter(pk=list_id)
    ).first()
    if found is None:
        raise not_found(field)
    return found


def home_of(actor: Actor) -> Organization:
    """The organization whose lists the actor writes. Raises NOT_FOUND for an actor without one."""
    if actor.organization is None:
        raise not_found("organization")
    return actor.organization


def ever_in_force(found: PriceList) -> bool:
    """True once the list could have answered somebody: from here on its past is closed. Takes a locked list."""
    return found.effective_since is not None and found.effective_since <= found.now  # type: ignore[attr-defined]


def _in_force_from(found: PriceList) -> datetime:
    """From when on a locked list that was never in force can answer somebody, if it is approved."""
    now: datetime = found.now  # type: ignore[attr-defined]
    return max(now, found.valid_from)


def status_at(found: PriceList, at: datetime) -> PolicyStatus:
    """The status people read: an approved list is scheduled, in effect or expired by its window (pricing §1)."""
    return stored_status_at(found.status, found.valid_from, found.valid_to, at)


def stored_status_at(status: str, valid_from: datetime, valid_to: datetime, at: datetime) -> PolicyStatus:
    """As `status_at`, for anything with a stored status and a window."""
    if status != PolicyStatus.EFFECTIVE:
        return PolicyStatus(status)
    if at < valid_from:
        return PolicyStatus.SCHEDULED
    return PolicyStatus.EXPIRED if at >= valid_to else PolicyStatus.EFFECTIVE


def list_event(kind: str, found: PriceList, changes: Changes | None = None, **payload: Any) -> DomainEvent:
    """An event of a list, told to those who keep it."""
    keepers = tuple(dict.fromkeys((found.organization_id, found.managed_by_id)))
    facts_of_list = {"code": found.code, "version": found.version, **payload}
    return DomainEvent(kind, "price_list", found.pk, keepers, facts_of_list, changes or {})


def _visible(actor: Actor) -> Any:
    return PriceList.objects.visible_to(actor)


def _move(actor: Actor, list_id: int, verb: str, kind: str) -> PriceList:
    actor.require(MANAGE)
    with transaction.atomic():
        found = lock_list(actor, list_id)
        before = facts(found)
        found.status = MOVES.target(verb, found.status)
        found.version += 1
        if verb == "submit" and not ever_in_force(found):
            found.effective_since = _in_force_from(found)
        elif not ever_in_force(found):
            found.effective_since = None
        found.save(update_fields=["status", "version", "effective_since", "updated_at"])
        record(actor, list_event(kind, found, difference(before, facts(found))))
    return found


def _list_problems(actor: Actor, columns: dict[str, Any], known: PriceList) -> Iterator[DomainError]:
    value = {name: columns.get(name, getattr(known, name)) for name in ("code", "currency", "valid_from", "valid_to")}
    yield from length_problems(PriceList, columns)
    if not value["code"].strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("A price list needs a code."), "code")
    taken = PriceList.objects.filter(organization=actor.organization_id, code=value["code"]).exclude(pk=known.pk)
    if "code" in columns and taken.exists():
        text = _("There is a price list %(code)s already.") % {"code": value["code"]}
        yield DomainError(CoreErrorCode.DUPLICATE, text, "code")
    names = [columns.get(name, getattr(known, name)) for name in ("name_zh", "name_en")]
    if not any(names):
        yield DomainError(CoreErrorCode.REQUIRED, _("A price list needs a name."), "name")
    if not is_currency(value["currency"]):
        text = _("%(code)s is not a currency code.") % {"code": value["currency"]}
        yield DomainError(CoreErrorCode.INVALID, text, "currency")
    if value["valid_from"] >= value["valid_to"]:
        yield DomainError(PricingErrorCode.WINDOW_EMPTY, PricingErrorCode.WINDOW_EMPTY.label, "valid_to")


def _assignment_problems(actor: Actor, draft: PriceListDraft) -> Iterator[DomainError]:
    yield from audience_problems(actor, draft.audience)
    if draft.priority is not None:
        yield from priority_problems(draft.priority, "audience.priority")


def _change_problems(columns: dict[str, Any], found: PriceList) -> Iterator[DomainError]:
    if columns.get("currency", found.currency) != found.currency and found.row_count:
        yield DomainError(CoreErrorCode.INVALID, _("A list with prices keeps its currency."), "currency")
    if not ever_in_force(found):
        return
    now = found.now  # type: ignore[attr-defined]
    if columns.get("valid_from", found.valid_from) != found.valid_from:
        # Who was priced by it before now, and who was not: neither may become untrue.
        text = _("This list has been in force: its beginning stays as it is.")
        yield DomainError(PricingErrorCode.PAST_IS_CLOSED, text, "valid_from")
    if columns.get("valid_to", found.valid_to) != found.valid_to and columns["valid_to"] < now:
        yield DomainError(PricingErrorCode.PAST_IS_CLOSED, PricingErrorCode.PAST_IS_CLOSED.label, "valid_to")


def is_currency(code: str) -> bool:
    """True for what looks like a code of ISO 4217: three capital letters."""
    return code in EXPONENTS or (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper())
