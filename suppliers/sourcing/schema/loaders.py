"""Batch loaders of sourcing."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from marketplace.graphql import BatchLoader, grouped
from ordercenter.quotes.models import Quote, QuoteLine, QuoteVersion
from suppliers.sourcing.models import (
    Addendum,
    Clarification,
    EventInvitation,
    EventLine,
    Lot,
    Participation,
    QuoteColumn,
    Round,
    RoundQuote,
    SurrogateEntry,
)
from suppliers.sourcing.submit import Form, form_of


class PartsOfEvent(BatchLoader):
    """Rows of a model, given as a parameter, of events the actor sees, in the order given."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        params: tuple[Any, Any] = self.params  # type: ignore[assignment]
        model, order = params
        rows = model.objects.visible_to(self.actor).filter(event__in=keys).order_by(*order)
        joined = RELATED.get(model, ())
        return grouped(rows.select_related(*joined) if joined else rows, by="event_id", keys=keys)


RELATED: dict[Any, tuple[str, ...]] = {
    EventLine: ("lot", "uom", "variant__product"),
    Participation: ("seller", "event"),
    Round: ("event",),
    Clarification: ("event",),
    Addendum: (),
    EventInvitation: (),
    Lot: (),
    QuoteColumn: (),
}


class OwnParticipation(BatchLoader):
    """The participation of the actor's own organization in events."""

    def batch(self, keys: list[int]) -> list[Participation | None]:
        rows = Participation.objects.visible_to(self.actor).filter(event__in=keys, seller=self.actor.organization_id)
        found = {row.event_id: row for row in rows.select_related("event", "seller")}
        return [found.get(key) for key in keys]


class LineCounts(BatchLoader):
    """How many lines events have."""

    def batch(self, keys: list[int]) -> list[int]:
        rows = EventLine.objects.visible_to(self.actor).filter(event__in=keys).order_by()
        found = dict(rows.values_list("event").annotate(count=Count("pk")))
        return [found.get(key, 0) for key in keys]


class ParticipationCounts(BatchLoader):
    """How many suppliers take part, as far as the actor sees them."""

    def batch(self, keys: list[int]) -> list[int]:
        rows = Participation.objects.visible_to(self.actor).filter(event__in=keys).order_by()
        found = dict(rows.values_list("event").annotate(count=Count("pk")))
        return [found.get(key, 0) for key in keys]


class QuoteOfParticipation(BatchLoader):
    """The newest quote of participations, as far as the actor may read it."""

    def batch(self, keys: list[int]) -> list[Quote | None]:
        rows = RoundQuote.objects.visible_to(self.actor).filter(participation__in=keys)
        rows = rows.select_related("quote", "round").order_by("round__no")
        found = {row.participation_id: row for row in rows}
        return [found[key].quote if key in found else None for key in keys]


class RoundOfQuote(BatchLoader):
    """The link of quotes to their round and participation."""

    def batch(self, keys: list[int]) -> list[RoundQuote | None]:
        rows = RoundQuote.objects.visible_to(self.actor).filter(quote__in=keys)
        found = {row.quote_id: row for row in rows.select_related("round", "participation", "round__event")}
        return [found.get(key) for key in keys]


class VersionsOfQuote(BatchLoader):
    """The versions of quotes, first to last."""

    def batch(self, keys: list[int]) -> list[list[QuoteVersion]]:
        rows = QuoteVersion.objects.visible_to(self.actor).filter(quote__in=keys).order_by("no")
        return grouped(rows.select_related("sent_by"), by="quote_id", keys=keys)


class LinesOfQuote(BatchLoader):
    """The lines of the last content that was sent, with their tiers."""

    def batch(self, keys: list[int]) -> list[list[QuoteLine]]:
        rows = QuoteLine.objects.visible_to(self.actor).filter(version__quote__in=keys)
        rows = rows.select_related("version", "uom", "variant__product").prefetch_related("tiers")
        lists: dict[int, list[QuoteLine]] = {key: [] for key in keys}
        for row in rows.order_by("version__no", "position"):
            own = lists[row.version.quote_id]
            if own and own[0].version_id != row.version_id:
                own.clear()
            own.append(row)
        return [lists[key] for key in keys]


class FormOfParticipation(BatchLoader):
    """The own quote sheets; each is a document of its own to be read and decrypted, and a page shows one."""

    def batch(self, keys: list[int]) -> list[Form | None]:
        rows = Participation.objects.visible_to(self.actor).filter(pk__in=keys, seller=self.actor.organization_id)
        found = {row.pk: form_of(row) for row in rows.select_related("event")}
        return [found.get(key) for key in keys]


class SurrogatesOfParticipation(BatchLoader):
    """Quotes that the buyer entered for suppliers; for its own people."""

    def batch(self, keys: list[int]) -> list[list[SurrogateEntry]]:
        rows = SurrogateEntry.objects.visible_to(self.actor).filter(participation__in=keys).order_by("pk")
        return grouped(rows, by="participation_id", keys=keys)
