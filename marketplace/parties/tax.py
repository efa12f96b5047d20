"""Tax profiles of organizations, and how a seller taxes a partner (docs/concepts/tax.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes, created, difference, facts
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record
from marketplace.core.instants import FOREVER
from marketplace.parties.changes import apply, choice_problems, known_fields, text_problems
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.events import owned_event, partnership_event
from marketplace.parties.models import (
    InvoiceKind,
    Organization,
    OrganizationStatus,
    Partnership,
    PartnerTax,
    TaxProfile,
    TaxTreatment,
)
from marketplace.parties.values import checked_email

FIELDS = ("title", "tax_number", "address", "phone", "bank_name", "bank_account", "invoice_kind", "email")


def tax_profile_write(actor: Actor, values: Mapping[str, Any], partnership_id: int | None = None) -> TaxProfile:
    """Write one's own tax profile, or that of a partner that nobody of its own looks after.

    Raises REQUIRED (no title), INVALID, NOT_FOUND and, for a partner that signs in, PARTNER_CLAIMED.
    """
    known_fields(values, FIELDS)
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    organization_id = _keeper(actor, partnership_id)
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
        row = TaxProfile.objects.filter(organization=organization_id).first() or TaxProfile(
            organization_id=organization_id
        )
        is_new, before = row.pk is None, facts(row)
        raise_all(_problems({"title": row.title, **values}, row, values))
        apply(row, values)
        row.save()
        changes = created(row) if is_new else difference(before, facts(row))
        if changes:
            record(actor, owned_event("tax_profile.changed", row, changes))
    return row


def tax_profiles_of(organization_ids: list[int]) -> dict[int, TaxProfile]:
    """Profiles by organization, for who makes their invoices; one statement."""
    return {row.organization_id: row for row in TaxProfile.objects.filter(organization__in=organization_ids)}


def partner_tax_write(
    actor: Actor,
    partnership_id: int,
    treatment: str,
    reason: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Partnership:
    """How a downstream partner is taxed from a day (None: from now on) to the day before another (None: for good).

    What held from then on is replaced; what held before stays on record. STANDARD needs no reason. Orders keep the
    treatment they were placed with. Raises NOT_FOUND, REASON_REQUIRED, INVALID.
    """
    actor.require("partners.manage")
    raise_all(choice_problems({"treatment": treatment}, {"treatment": TaxTreatment}))
    with transaction.atomic():
        rows = Partnership.objects.visible_to(actor).filter(upstream=actor.organization_id, pk=partnership_id)
        partnership = rows.select_for_update(no_key=True).first()
        if partnership is None:
            raise not_found("partnership")
        start = database_now() if since is None else _midnight(actor, since)
        end = FOREVER if until is None else _midnight(actor, until)
        raise_all(_window_problems(treatment, reason, start, end))
        before = treatment_at(partnership.pk, start)
        PartnerTax.objects.filter(partnership=partnership, valid_from__gte=start).delete()
        PartnerTax.objects.filter(partnership=partnership, valid_to__gt=start).update(valid_to=start)
        if treatment != TaxTreatment.STANDARD:
            PartnerTax.objects.create(
                organization_id=partnership.upstream_id,
                partnership=partnership,
                treatment=treatment,
                reason=reason.strip(),
                valid_from=start,
                valid_to=end,
            )
        changes: Changes = {"tax_treatment": [before, treatment], "tax_reason": [None, reason.strip() or None]}
        record(actor, partnership_event("partnership.tax_changed", partnership, changes))
    return partnership


def treatment_at(partnership_id: int, at: datetime) -> str:
    """How a partner is taxed at an instant."""
    rows = PartnerTax.objects.filter(partnership=partnership_id, valid_from__lte=at, valid_to__gt=at)
    return rows.values_list("treatment", flat=True).first() or TaxTreatment.STANDARD.value


def _keeper(actor: Actor, partnership_id: int | None) -> int:
    """Whose profile is written: one's own, or an unclaimed partner's."""
    if partnership_id is None:
        actor.require("tax.profile")
        return actor.own_id
    actor.require("partners.manage")
    partner = (
        Partnership.objects.visible_to(actor)
        .filter(Q(upstream=actor.organization_id), pk=partnership_id)
        .select_related("downstream")
        .first()
    )
    if partner is None:
        raise not_found("partnership")
    if partner.downstream.status != OrganizationStatus.UNCLAIMED:
        text = _("%(name)s keeps its tax profile itself.") % {"name": partner.downstream.name}
        raise DomainError(PartiesErrorCode.PARTNER_CLAIMED, text, "partnership")
    return partner.downstream_id


def _problems(whole: Mapping[str, Any], row: TaxProfile, values: Mapping[str, Any]) -> Iterator[DomainError]:
    yield from text_problems(TaxProfile, {**values, "title": whole["title"]}, ("title",))
    yield from choice_problems(values, {"invoice_kind": InvoiceKind})
    yield from checked_email(values.get("email", ""))
    kind = values.get("invoice_kind", row.invoice_kind)
    if kind == InvoiceKind.VAT_SPECIAL and not values.get("tax_number", row.tax_number):
        text = _("A VAT special invoice needs the buyer's tax number.")
        yield DomainError(CoreErrorCode.REQUIRED, text, "tax_number")


def _window_problems(treatment: str, reason: str, start: datetime, end: datetime) -> Iterator[DomainError]:
    if treatment != TaxTreatment.STANDARD and not reason.strip():
        text = _("Say why, such as the number of the certificate.")
        yield DomainError(PartiesErrorCode.REASON_REQUIRED, text, "reason")
    if len(reason) > 255:
        yield DomainError(CoreErrorCode.INVALID, _("At most %(longest)s characters.") % {"longest": 255}, "reason")
    if start >= end:
        yield DomainError(CoreErrorCode.INVALID, _("The end has to come after the beginning."), "until")


def _midnight(actor: Actor, day: date) -> datetime:
    assert actor.organization is not None
    return datetime.combine(day, time(), ZoneInfo(actor.organization.time_zone))
