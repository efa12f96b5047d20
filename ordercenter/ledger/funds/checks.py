"""Checks that several writers of funds share."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found
from marketplace.core.money import EXPONENTS
from marketplace.parties.models import Partnership

ISO_LENGTH = 3


def partner(actor: Actor, partnership_id: int, field: str = "partnership") -> Partnership:
    """A partnership in which the actor's organization sells; raises NOT_FOUND for any other."""
    rows = Partnership.objects.filter(upstream=actor.own_id, pk=partnership_id)
    found = rows.select_related("downstream").first()
    if found is None:
        raise not_found(field)
    return found


def currency_problems(currency: str, field: str = "currency") -> Iterator[DomainError]:
    """INVALID for what is no ISO 4217 code."""
    known = currency in EXPONENTS or (len(currency) == ISO_LENGTH and currency.isascii() and currency.isupper())
    if not known:
        yield DomainError(CoreErrorCode.INVALID, _("A currency has three letters, such as CNY."), field)


def reason_problems(reason: str, field: str = "reason") -> Iterator[DomainError]:
    """REQUIRED: somebody will ask why."""
    if not reason.strip():
        yield DomainError(CoreErrorCode.REQUIRED, _("Say why."), field)


def long_texts(model: type[models.Model], **texts: str) -> Iterator[DomainError]:
    """INVALID for each text that does not fit its column."""
    for name, value in texts.items():
        longest = getattr(model._meta.get_field(name), "max_length", None)
        if longest is not None and len(value) > longest:
            text = _("At most %(longest)s characters.") % {"longest": longest}
            yield DomainError(CoreErrorCode.INVALID, text, name)
