"""Events and participations as documents on which files hang."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.parties.documents import Document, DocumentKind, register_documents
from marketplace.parties.sides import TradeSide
from suppliers.sourcing.life import BEFORE_AWARD
from suppliers.sourcing.models import Participation, SourcingEvent

EVENT = {TradeSide.BUYER: "sourcing.view"}
BOTH = {TradeSide.SELLER: "quotes.view", TradeSide.BUYER: "sourcing.view"}


def events(keys: Sequence[int]) -> Iterable[Document]:
    """Events have one side; who is asked reads their files by `asked`."""
    rows = SourcingEvent.objects.filter(pk__in=keys).values_list("pk", "buyer", "number", "status")
    for pk, buyer, number, status in rows:
        yield Document("sourcing_event", pk, None, buyer, number, status in BEFORE_AWARD)


def asked(actor: Actor) -> Q:
    """Files of an event are for all who see the event: drawings and terms go to every supplier alike."""
    return Q(document_id__in=SourcingEvent.objects.visible_to(actor).values("pk"))


def participations(keys: Sequence[int]) -> Iterable[Document]:
    """What hangs on a participation is between the buyer and that supplier."""
    rows = Participation.objects.filter(pk__in=keys).values_list("pk", "seller", "buyer", "code", "event__number")
    for pk, seller, buyer, code, number in rows:
        yield Document("participation", pk, seller, buyer, f"{number} {code}")


def register() -> None:
    """Called from AppConfig.ready."""
    register_documents(
        DocumentKind("sourcing_event", "SourcingEvent", _("Sourcing event"), EVENT, events, others=asked)
    )
    register_documents(DocumentKind("participation", "Participation", _("Participation"), BOTH, participations))
