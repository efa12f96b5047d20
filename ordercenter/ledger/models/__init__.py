"""What the room keeps, by what it is about."""

from ordercenter.ledger.models.accounts import LedgerAccount, LedgerCheckpoint, LedgerEntry, LedgerPosting
from ordercenter.ledger.models.items import Clearing, OpenItem

__all__ = ["Clearing", "LedgerAccount", "LedgerCheckpoint", "LedgerEntry", "LedgerPosting", "OpenItem"]
