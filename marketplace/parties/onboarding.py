"""How an organization comes in: the row, its preset roles and, if told, its first owner."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import record
from marketplace.parties.events import organization_event
from marketplace.parties.models import Organization, OrganizationStatus
from marketplace.parties.roles import create_preset_roles, create_preset_roles_of
from marketplace.parties.values import checked_currency, checked_time_zone, code_from

KINDS = ("seller", "dealer")


@dataclass(frozen=True, slots=True)
class OrganizationDraft:
    """What is known of a newcomer; an empty code is made from the name."""

    name: str
    code: str = ""
    country: str = "CN"
    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    language: str = "zh-hans"
    status: OrganizationStatus = OrganizationStatus.ACTIVE


def onboard_organization(actor: Actor, draft: OrganizationDraft, *kinds: str) -> Organization:
    """Create an organization with the preset roles of its kinds: "seller" (the default), "dealer", or both.

    Only the program itself brings in organizations; a seller records its partners with `create_partnerships`. Raises
    REQUIRED, INVALID (currency, time zone) and DUPLICATE (code), all at once.
    """
    raise_all(_problems(draft))
    asked = kinds or ("seller",)
    with transaction.atomic():
        organization = Organization.objects.create(
            name=draft.name.strip(),
            code=draft.code or code_from(draft.name),
            country=draft.country,
            currency=draft.currency,
            time_zone=draft.time_zone,
            language=draft.language,
            status=draft.status,
            sells="seller" in asked,
            buys="dealer" in asked,
        )
        create_preset_roles(organization, asked)
        record(actor, organization_event("organization.created", organization))
    return organization


def become(kind: str, *organizations: Organization) -> None:
    """Let organizations also buy ("dealer") or also sell ("seller"): the flag and the preset roles they lack."""
    flag = {"seller": "sells", "dealer": "buys"}[kind]
    new = [organization for organization in organizations if not getattr(organization, flag)]
    if not new:
        return
    Organization.objects.filter(pk__in=[organization.pk for organization in new]).update(**{flag: True})
    for organization in new:
        setattr(organization, flag, True)
    create_preset_roles_of(new, [kind])


def _problems(draft: OrganizationDraft) -> Iterable[DomainError]:
    if not draft.name.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a name."), "name")
    if draft.code and Organization.objects.filter(code=draft.code).exists():
        text = _("The code %(code)s is taken.") % {"code": draft.code}
        yield DomainError(CoreErrorCode.DUPLICATE, text, "code")
    yield from checked_currency(draft.currency)
    yield from checked_time_zone(draft.time_zone)
