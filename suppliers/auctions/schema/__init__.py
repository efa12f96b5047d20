"""Auctions in the schema (auctions §10)."""

from suppliers.auctions.schema.live import Subscriptions
from suppliers.auctions.schema.mutations import Mutations
from suppliers.auctions.schema.queries import Queries
from suppliers.auctions.schema.types import AuctionSeatType, AuctionType, BidType

__all__ = ["AuctionSeatType", "AuctionType", "BidType", "Mutations", "Queries", "Subscriptions"]
