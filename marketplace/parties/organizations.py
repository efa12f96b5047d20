"""An organization's own facts, changed by its owners."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found, raise_all
from marketplace.core.events import record
from marketplace.parties.changes import apply, known_fields, text_problems
from marketplace.parties.events import organization_event
from marketplace.parties.models import Organization
from marketplace.parties.values import checked_country, checked_currency, checked_language, checked_time_zone

FIELDS = ("name", "country", "currency", "time_zone", "language")


def update_organization(actor: Actor, changes: Mapping[str, Any]) -> Organization:
    """Change name, country, currency of new documents, time zone or language of the actor's own organization.

    Raises REQUIRED and INVALID, all at once.
    """
    actor.require("organization.manage")
    known_fields(changes, FIELDS)
    raise_all(_problems(changes))
    with transaction.atomic():
        organization = Organization.objects.select_for_update(no_key=True).filter(pk=actor.own_id).first()
        if organization is None:
            raise not_found("organization")
        changed = apply(organization, changes)
        if changed:
            organization.save(update_fields=changed)
            record(actor, organization_event("organization.changed", organization, fields=changed))
    return organization


def _problems(changes: Mapping[str, Any]) -> Any:
    yield from text_problems(Organization, changes, required=("name",))
    checks = {
        "country": checked_country,
        "currency": checked_currency,
        "time_zone": checked_time_zone,
        "language": checked_language,
    }
    for name in changes.keys() & checks.keys():
        yield from checks[name](changes[name])
