"""Queries of accounts, postings, open items and clearings."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.graphql import ConnectionField, Field, enum_of, ids_of
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
    LedgerSide,
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
        account=graphene.ID(description="Of this account."),
        description="Entries of the accounts you may see.",
    )
    open_item = Field(OpenItemType, id=THE_ID, description="One open item.")
    open_items = ConnectionField(
        OpenItemType,
        filter=OpenItemFilter,
        sort=OpenItemSort,
        permission=VIEW,
        side=graphene.Argument(enum_of(LedgerSide), description="Those owed to you, or by you; both unless told."),
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

    def resolve_ledger_entries(root: Any, info: Any, account: str | None = None) -> Any:
        rows = LedgerEntryType.visible(info.context.actor)
        return rows if account is None else rows.filter(account__in=ids_of([account], "LedgerAccount", "account"))

    def resolve_open_items(root: Any, info: Any, side: str | None = None) -> Any:
        # What a credit note passes on to funds or cash is opened and cleared by it at once: nobody ever owed it.
        rows = OpenItemType.visible(info.context.actor).exclude(document_kind="credit_note")
        return rows if side is None else OpenItemFilter.filter_side(rows, side, info)

    def resolve_open_item(root: Any, info: Any, id: str) -> Any:
        return OpenItemType.by_id(info, id)
