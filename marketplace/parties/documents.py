"""The kinds of trade documents: what files, talks and stories of them ask without knowing the rooms they live in.

A room registers its documents from AppConfig.ready; whoever hangs something on a document keeps the kind's code, the
document's key and its sides, so that a row says by itself who may see it (docs/concepts/attachments.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.core.rows import ProtectedQuerySet
from marketplace.parties.sides import SideAudience, TradeSide


@dataclass(frozen=True, slots=True)
class Document:
    """One document as others need it. A side that a document does not have is None; `open`: it may still change."""

    kind: str
    pk: int
    seller_id: int | None
    buyer_id: int | None
    number: str
    open: bool = True

    def audience(self, actor: Actor, internal: bool) -> SideAudience:
        """Who reads what the actor writes to it: both sides, or its own side alone."""
        if not internal and self.seller_id and self.buyer_id:
            return SideAudience.BOTH
        return SideAudience.SELLER if self.seller_id == actor.organization_id else SideAudience.BUYER

    def organizations(self, audience: SideAudience) -> tuple[int, ...]:
        """The organizations of an audience."""
        sides = {SideAudience.SELLER: (self.seller_id,), SideAudience.BUYER: (self.buyer_id,)}
        return tuple(pk for pk in sides.get(audience, (self.seller_id, self.buyer_id)) if pk)


@dataclass(frozen=True, slots=True)
class Told:
    """Something for a document's own story: a verb such as `file_added`, its data, who reads it, and what it is of."""

    verb: str
    data: Mapping[str, Any]
    audience: SideAudience
    about_kind: str
    about_id: int


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document: `code` is stored, `node` is its type in the schema.

    reads: by side, the permission with which its people read such documents; fetch: the documents of these keys, with
    no question asked; tell: writes to the document's own story, inside the transaction of what is told; others: the
    condition on `document_id` under which somebody on neither side reads what hangs on it, such as who is asked for a
    quote.
    """

    code: str
    node: str
    label: str | Promise
    reads: Mapping[TradeSide, str]
    fetch: Callable[[Sequence[int]], Iterable[Document]]
    tell: Callable[[Actor, Document, Sequence[Told]], None] | None = None
    others: Callable[[Actor], Q] | None = None


_kinds: dict[str, DocumentKind] = {}
_nodes: dict[str, str] = {}


def register_documents(kind: DocumentKind) -> None:
    """Make a kind of documents known. Called from AppConfig.ready."""
    _kinds[kind.code] = kind
    register_node(kind.code, kind.node)


def register_node(code: str, node: str) -> None:
    """Say which type of the schema shows what steps of stories are about, such as a file. Nothing hangs on it."""
    _nodes[code] = node


def node_of(code: str) -> str | None:
    """The type of the schema that shows a kind of documents, or of other things that steps are about."""
    return _nodes.get(code)


def kind_of(code: str) -> DocumentKind:
    """The kind with a code; raises KeyError."""
    return _kinds[code]


def kind_of_node(node: str) -> DocumentKind | None:
    """The kind that the schema calls so."""
    return next((kind for kind in _kinds.values() if kind.node == node), None)


def may_read(actor: Actor, document: Document) -> bool:
    """True for the people of a side whose permission lets them read such documents, and for the program."""
    if actor.is_system and actor.organization is None:
        return True
    reads = kind_of(document.kind).reads
    if actor.on_behalf_of is not None:
        sides = (document.seller_id, document.buyer_id) == (actor.organization_id, actor.on_behalf_of.pk)
        return sides and actor.may(reads[TradeSide.BUYER])
    own = actor.organization_id
    pairs = ((document.seller_id, TradeSide.SELLER), (document.buyer_id, TradeSide.BUYER))
    return own is not None and any(pk == own and side in reads and actor.may(reads[side]) for pk, side in pairs)


def find_document(actor: Actor, code: str, pk: int, field: str = "document") -> Document:
    """The document if the actor may read it; raises NOT_FOUND. One statement."""
    found = next(iter(_kinds[code].fetch([pk])), None) if code in _kinds else None
    if found is None or not may_read(actor, found):
        raise not_found(field)
    return found


def tell_document(actor: Actor, document: Document, *told: Told) -> None:
    """Write to the story of a document whose kind keeps one; as many statements for one thing told as for twenty."""
    tell = kind_of(document.kind).tell
    if tell is not None and told:
        tell(actor, document, told)


def seen_by(actor: Actor) -> Q:
    """The condition that a row with `document_kind`, `seller`, `buyer` and `visible` is for this actor to read."""
    where = Q(pk__in=[])
    ordered = sorted(_kinds.values(), key=lambda kind: (sorted(kind.reads.items()), kind.code))
    for reads, kinds in groupby(ordered, key=lambda kind: sorted(kind.reads.items())):
        where |= Q(document_kind__in=[kind.code for kind in kinds]) & _on_sides(actor, dict(reads))
    for kind in ordered:
        if kind.others is not None:
            where |= Q(document_kind=kind.code) & kind.others(actor)
    return where


def _on_sides(actor: Actor, reads: Mapping[TradeSide, str]) -> Q:
    own = actor.organization_id
    none = Q(pk__in=[])
    sells = TradeSide.SELLER in reads and actor.may(reads[TradeSide.SELLER])
    buys = TradeSide.BUYER in reads and actor.may(reads[TradeSide.BUYER])
    if actor.on_behalf_of is not None:
        # What a partner says to itself is not the business of the seller that looks with its eyes.
        trade = Q(seller=own, buyer=actor.on_behalf_of.pk, visible=SideAudience.BOTH)
        return trade if buys else none
    as_seller = Q(seller=own, visible__in=(SideAudience.SELLER, SideAudience.BOTH)) if sells else none
    as_buyer = Q(buyer=own, visible__in=(SideAudience.BUYER, SideAudience.BOTH)) if buys else none
    return as_seller | as_buyer


class DocumentPartQuerySet(ProtectedQuerySet):
    """Rows that hang on documents: seen by whoever reads such documents on a side that the row is for."""

    def visible_filter(self, actor: Actor) -> Q:
        return seen_by(actor)

    def of(self, document: Document) -> Self:
        """Rows of one document."""
        return self.filter(document_kind=document.kind, document_id=document.pk)


class DocumentPart(models.Model):
    """A row that hangs on a document of any kind, with the document's sides; a document of one side has only that."""

    document_kind = models.CharField(max_length=16)
    document_id = models.BigIntegerField()
    seller = models.ForeignKey("parties.Organization", models.PROTECT, null=True, related_name="+", db_index=False)
    buyer = models.ForeignKey("parties.Organization", models.PROTECT, null=True, related_name="+", db_index=False)
    visible = models.CharField(max_length=8, choices=SideAudience, default=SideAudience.BOTH)

    objects = DocumentPartQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def audience(self) -> SideAudience:
        """Which side reads it."""
        return SideAudience(self.visible)


def document_checks(prefix: str) -> list[models.BaseConstraint]:
    """What holds for every row on a document: two different sides, and it is for a side that is there."""
    seller, buyer = Q(seller__isnull=False), Q(buyer__isnull=False)
    return [
        models.CheckConstraint(condition=~Q(seller=F("buyer")), name=f"{prefix}_two_sides"),
        models.CheckConstraint(
            condition=Q(visible=SideAudience.SELLER) & seller
            | Q(visible=SideAudience.BUYER) & buyer
            | Q(visible=SideAudience.BOTH) & seller & buyer,
            name=f"{prefix}_for_a_side",
        ),
    ]
