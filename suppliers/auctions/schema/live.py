"""What open rooms hear."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import graphene

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.graphql import Field, Subscribe, from_global_id
from suppliers.auctions.live import be_present
from suppliers.auctions.models import Auction
from suppliers.auctions.schema.types import VIEW, AuctionType


class AuctionChanged(Subscribe, permission=VIEW):
    """An auction has moved: the room as you may see it now, at most ten times a second.

    The first message is the room as it stands. `prevSeq` is what you held, so far as you said or were told.
    """

    every: ClassVar[float] = 0.1

    class Arguments:
        id = graphene.ID(required=True, description="The auction.")
        after_seq = graphene.Int(description="The last `seq` you hold.")

    prev_seq = Field(graphene.Int, description="The `seq` you said you hold.")
    auction = Field(AuctionType, required=True, description="The auction; `live` is the room now.")

    @classmethod
    def topic(cls, actor: Actor, id: str, **_seen: Any) -> str:
        found = AuctionType.get_node(actor, from_global_id(id, "Auction", "id"))
        if found is None:
            raise not_found("id")
        return f"auction:{found.pk}"

    @classmethod
    def missed(  # type: ignore[override]
        cls, _actor: Actor, id: str, after_seq: int | None = None
    ) -> list[dict[str, Any]]:
        return [{"auction": from_global_id(id, "Auction"), "first": True}]

    @classmethod
    def event(cls, actor: Actor, _payload: dict[str, Any], id: str, after_seq: int | None = None) -> Self | None:
        found: Auction | None = AuctionType.get_node(actor, from_global_id(id, "Auction", "id"))
        if found is None:
            return None
        if found.buyer_id != actor.organization_id:
            be_present(actor, found.pk)
        return cls(prev_seq=after_seq, auction=found)


class Subscriptions:
    """Watching auctions."""

    auction_changed = AuctionChanged.Field()
