"""What is told of carts, and who is more than a guest in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.events import DomainEvent
from ordercenter.orders.models import Cart


def cart_event(kind: str, cart: Cart, changes: Mapping[str, list[Any]] | None = None, **payload: Any) -> DomainEvent:
    """Something that happened to a cart; only the buyer's own side hears of carts."""
    return DomainEvent(kind, "cart", cart.pk, (cart.organization_id,), payload, dict(changes or {}))


def owner_problems(actor: Actor, cart: Cart) -> Iterator[DomainError]:
    """Sharing a cart, handing it on and throwing it away are its owner's."""
    if cart.user_id != actor.user_id:
        text = _("Only its owner may do this with a shared cart. You may copy it.")
        yield DomainError(CoreErrorCode.PERMISSION_DENIED, text, "id")
