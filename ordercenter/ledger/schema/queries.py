"""Queries of accounts, postings, open items and clearings."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.graphql import ConnectionField, Field
from ordercenter.ledger.schema.accounts import (
    LedgerAccountFilter,
    LedgerAccountSort,
    LedgerAccountType,
    LedgerEntryFilter,
    LedgerEntrySort,
    LedgerEntryType,
    LedgerPostingFilter,
    LedgerPostingSort,
    LedgerPostingType,
)
from ordercenter.ledger.schema.common import VIEW
from ordercenter.ledger.schema.items import (
    ClearingFilter,
    ClearingSort,
    ClearingType,
    OpenItemFilter,
    OpenItemSort,
    OpenItemType,
)

THE_ID = graphene.ID(required=True, description="Its id.")


class LedgerQueries:
    """What can be read of the books one may see."""

    ledger_accounts = ConnectionField(
        LedgerAccountType,
        filter=LedgerAccountFilter,
        sort=LedgerAccountSort,
        permission=VIEW,
        description="Accounts of your books, and those that partners share with you.",
    )
    ledger_posting = Field(LedgerPostingType, id=THE_ID, description="One posting.")
    ledger_postings = ConnectionField(
        LedgerPostingType,
        filter=LedgerPostingFilter,
        sort=LedgerPostingSort,
        permission="ledger.books",
        description="All postings of your books.",
    )
    ledger_entries = ConnectionField(
        LedgerEntryType,
        filter=LedgerEntryFilter,
        sort=LedgerEntrySort,
        permission=VIEW,
        description="Entries of the accounts you may see.",
    )
    open_item = Field(OpenItemType, id=THE_ID, description="One open item.")
    open_items = ConnectionField(
        OpenItemType,
        filter=OpenItemFilter,
        sort=OpenItemSort,
        permission=VIEW,
        description="What is owed to you and by you.",
    )
    clearings = ConnectionField(
        ClearingType,
        filter=ClearingFilter,
        sort=ClearingSort,
        permission=VIEW,
        description="What was matched with open items.",
    )

    def resolve_ledger_posting(root: Any, info: Any, id: str) -> Any:
        return LedgerPostingType.by_id(info, id)

    def resolve_open_item(root: Any, info: Any, id: str) -> Any:
        return OpenItemType.by_id(info, id)
