"""What is stored of auctions against their minutes (auctions §9, §11)."""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.core.actor import Actor
from marketplace.core.verify import Difference, check
from suppliers.auctions.enums import AuctionStatus
from suppliers.auctions.models import Auction
from suppliers.auctions.replay import prove


@check("auctions: minutes")
def minutes() -> Iterator[Difference]:
    """Each chain is whole, its rules are those that were published, and its acts done again give what is stored."""
    actor = Actor.system()
    for auction in Auction.objects.exclude(status=AuctionStatus.DRAFT).order_by("pk").iterator():
        proof = prove(actor, auction)
        if proof.broken_at is not None:
            yield Difference(f"{auction.number} / row {proof.broken_at}", "follows", "does not follow")
        elif not proof.head_matches:
            yield Difference(f"{auction.number} / head", proof.head.hex(), bytes(auction.audit_head).hex())
        if not proof.rules_match:
            yield Difference(f"{auction.number} / rules", bytes(auction.rules_hash).hex(), "another hash")
        for name in proof.differences:
            yield Difference(f"{auction.number} / {name}", "as in the minutes", "otherwise")
