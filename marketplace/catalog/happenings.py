"""What can happen to the catalogue, and whom it concerns."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.changes import Changes
from marketplace.core.events import DomainEvent, EventKind, declare, record_all

KINDS = (
    EventKind("catalog.product_created", _("Product created")),
    EventKind("catalog.product_changed", _("Product changed")),
    EventKind("catalog.product_retired", _("Product retired")),
    EventKind("catalog.listing_changed", _("Product listed or delisted")),
    EventKind("catalog.category_changed", _("Category changed")),
    EventKind("catalog.brand_changed", _("Brand changed")),
    EventKind("catalog.attribute_changed", _("Attribute changed")),
    EventKind("catalog.assortment_changed", _("Assortment changed")),
    EventKind("catalog.quantity_rule_changed", _("Order quantity rule changed")),
    EventKind("catalog.tax_changed", _("Tax category or rate changed")),
    EventKind("catalog.products_imported", _("Products imported")),
)


def declare_all() -> None:
    """Make the kinds known (from AppConfig.ready)."""
    declare(*KINDS)


ProductsListener = Callable[[Sequence[int]], None]
_listeners: list[ProductsListener] = []


def on_products_changed(listener: ProductsListener) -> ProductsListener:
    """Register what keeps a copy of products up to date (the search index).

    It hears the ids of products written, listed or delisted, inside the transaction, at once for all of them.
    """
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


_waiting: ContextVar[set[int] | None] = ContextVar("products_changed", default=None)


def products_changed(product_ids: Iterable[int]) -> None:
    """Tell the listeners; a writer calls this last."""
    together = _waiting.get()
    if together is not None:
        together.update(product_ids)
        return
    ids = sorted(set(product_ids))
    for listener in _listeners if ids else ():
        listener(ids)


@contextmanager
def changes_together() -> Iterator[None]:
    """One transaction for several writers, at whose end the listeners hear of all products once."""
    with transaction.atomic():
        token = _waiting.set(set())
        try:
            yield
            ids = _waiting.get() or set()
        finally:
            _waiting.reset(token)
        products_changed(ids)


def tell(
    actor: Actor,
    kind: str,
    aggregate: str,
    ids: Iterable[int],
    organization_id: int,
    payload: dict[str, Any] | None = None,
    changes: Mapping[int, Changes] | None = None,
) -> None:
    """Record one event for each aggregate, all in one statement; `changes` are those of each, by its id."""
    told = changes or {}
    record_all(
        actor, [DomainEvent(kind, aggregate, pk, (organization_id,), payload or {}, told.get(pk, {})) for pk in ids]
    )
