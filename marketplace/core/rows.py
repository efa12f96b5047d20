"""Rows that say who may see them, and query sets that remember whether anybody asked."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from marketplace.core.actor import Actor


class ProtectedQuerySet(models.QuerySet):
    """A query set that knows whether it passed `visible_to`; the GraphQL kernel raises for one that did not."""

    _cleared: bool = False

    def visible_to(self, actor: Actor) -> Self:
        """Rows the actor may see. A subclass says in `visible_filter` which these are."""
        if actor.is_system and actor.organization is None:
            rows = self.all()
        elif not actor.is_authenticated or actor.organization is None:
            rows = self.none()
        else:
            rows = self.filter(self.visible_filter(actor))
        return rows.cleared()

    def visible_filter(self, actor: Actor) -> Q:
        """The condition under which the actor's organization may see a row."""
        raise NotImplementedError

    def cleared(self) -> Self:
        """Mark as checked; only for code that restricted the rows in another way and says how."""
        rows = self.all()
        rows._cleared = True
        return rows

    def is_cleared(self) -> bool:
        """True for a query set that passed `visible_to`, or one made from such."""
        return self._cleared

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._cleared = self._cleared
        return clone


class OwnedQuerySet(ProtectedQuerySet):
    """Rows of one owner. In a partner's view neither the owner's own rows nor the partner's private ones show."""

    def visible_filter(self, actor: Actor) -> Q:
        if actor.on_behalf_of:
            return Q(pk__in=[])
        return Q(organization=actor.organization_id)


class TradeQuerySet(ProtectedQuerySet):
    """Rows of a trade: its two sides see them, a stranger sees none."""

    def visible_filter(self, actor: Actor) -> Q:
        if actor.on_behalf_of:
            return Q(seller=actor.organization_id, buyer=actor.on_behalf_of.pk)
        return Q(seller=actor.organization_id) | Q(buyer=actor.organization_id)


class OwnedRow(models.Model):
    """A row that belongs to one organization."""

    organization = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class TradeRow(models.Model):
    """A row of a trade between a seller and a buyer."""

    seller = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    buyer = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")

    objects = TradeQuerySet.as_manager()

    class Meta:
        abstract = True


def grouped(rows: Any, by: str, keys: list[Any]) -> list[list[Any]]:
    """Rows in lists by the value of an attribute, one list a key, in the order of the keys (for batch loaders)."""
    lists: dict[Any, list[Any]] = {key: [] for key in keys}
    for row in rows:
        lists[getattr(row, by)].append(row)
    return [lists[key] for key in keys]
