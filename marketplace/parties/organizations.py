"""An organization's own facts, changed by its owners."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.changes import apply, known_fields, text_problems
from marketplace.parties.events import organization_event
from marketplace.parties.models import Organization
from marketplace.parties.values import (
    checked_country,
    checked_currency,
    checked_email,
    checked_language,
    checked_time_zone,
    checked_website,
)

FIELDS = (
    "name", "name_zh", "name_en", "tax_number", "contact", "phone", "email", "website", "country", "currency",
    "time_zone", "language",
)  # fmt: skip


def update_organization(actor: Actor, changes: Mapping[str, Any]) -> Organization:
    """Change what others read of the actor's own organization, or its currency of new documents, time zone, language.

    Raises REQUIRED and INVALID, all at once.
    """
    actor.require("organization.manage")
    known_fields(changes, FIELDS)
    changes = {name: value.strip() for name, value in changes.items()}
    raise_all(_problems(changes))
    with transaction.atomic():
        organization = Organization.objects.select_for_update(no_key=True).filter(pk=actor.own_id).first()
        if organization is None:
            raise not_found("organization")
        before = facts(organization)
        changed = apply(organization, changes)
        if changed:
            organization.save(update_fields=changed)
            told = difference(before, facts(organization))
            record(actor, organization_event("organization.changed", organization, changes=told))
    return organization


def _problems(changes: Mapping[str, Any]) -> Any:
    yield from text_problems(Organization, changes, required=("name",))
    checks = {
        "country": checked_country,
        "currency": checked_currency,
        "time_zone": checked_time_zone,
        "language": checked_language,
        "email": checked_email,
        "website": checked_website,
    }
    for name in changes.keys() & checks.keys():
        yield from checks[name](changes[name])
