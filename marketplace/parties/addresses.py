"""Addresses of an organization: kept while documents may name them, one of them the default."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.advisory import advisory_lock
from marketplace.core.changes import created, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import record
from marketplace.parties.changes import apply, known_fields, owned, text_problems
from marketplace.parties.events import address_event
from marketplace.parties.models import Address
from marketplace.parties.values import checked_country

FIELDS = (
    "label", "contact", "phone", "country", "region", "city", "district", "street", "postal_code", "is_default",
)  # fmt: skip
REQUIRED = ("contact", "city", "street")
MOST = 500


def create_address(actor: Actor, values: Mapping[str, Any]) -> Address:
    """Add an address; an organization's first one is its default. Raises REQUIRED, INVALID."""
    actor.require("addresses.manage")
    values = _clean(values)
    missing = {name: "" for name in REQUIRED if name not in values}
    raise_all(_problems({**missing, **values}))
    with transaction.atomic():
        _lock(actor)
        present = Address.objects.filter(organization=actor.organization_id, is_active=True)
        if present.count() >= MOST:
            raise DomainError(CoreErrorCode.INVALID, _("At most %(most)s addresses.") % {"most": MOST})
        address = Address(organization_id=actor.own_id, **values)
        address.is_default = bool(values.get("is_default")) or not present.filter(is_default=True).exists()
        if address.is_default:
            _clear_default(actor)
        address.save()
        record(actor, address_event(address, "created", created(address)))
    return address


def update_address(actor: Actor, address_id: int, values: Mapping[str, Any]) -> Address:
    """Change an address; documents keep what they froze. Raises REQUIRED, INVALID, NOT_FOUND.

    A default stays one until another is made the default: taking it away alone would leave none.
    """
    actor.require("addresses.manage")
    values = _clean(values)
    raise_all(_problems(values))
    with transaction.atomic():
        _lock(actor)
        address = owned(actor, Address, address_id, "id", lock=True)
        if not address.is_active:
            raise DomainError(CoreErrorCode.INVALID_TRANSITION, _("This address was retired."), "id")
        if values.get("is_default") is False:
            del values["is_default"]
        if values.get("is_default") and not address.is_default:
            _clear_default(actor)
        before = facts(address)
        changed = apply(address, values)
        if changed:
            address.save(update_fields=changed)
            record(actor, address_event(address, "updated", difference(before, facts(address))))
    return address


def retire_address(actor: Actor, address_id: int) -> Address:
    """Take an address out of use; if it was the default, the newest one left becomes it. Raises NOT_FOUND."""
    actor.require("addresses.manage")
    with transaction.atomic():
        _lock(actor)
        address = owned(actor, Address, address_id, "id", lock=True)
        if not address.is_active:
            return address
        before, was_default = facts(address), address.is_default
        address.is_active = address.is_default = False
        address.save(update_fields=["is_active", "is_default"])
        heir = Address.objects.filter(organization=actor.organization_id, is_active=True).order_by("-pk").first()
        if was_default and heir:
            heir.is_default = True
            heir.save(update_fields=["is_default"])
        record(actor, address_event(address, "retired", difference(before, facts(address))))
    return address


def _lock(actor: Actor) -> None:
    """One writer of an organization's addresses at a time: which is the default is a fact of all of them."""
    advisory_lock("addresses", actor.organization_id)


def _clear_default(actor: Actor) -> None:
    Address.objects.filter(organization=actor.organization_id, is_default=True).update(is_default=False)


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    known_fields(values, FIELDS)
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _problems(values: Mapping[str, Any]) -> Iterator[DomainError]:
    yield from text_problems(Address, values, REQUIRED)
    if "country" in values:
        yield from checked_country(values["country"])
