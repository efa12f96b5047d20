"""Accounts, postings and entries in the schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.graphql import (
    BatchLoader,
    Date,
    DateRange,
    DateTime,
    Deferred,
    Field,
    FilterInput,
    IdFilter,
    ListFilter,
    ModelType,
    Money,
    RangeFilter,
    Related,
    Sort,
    SortKey,
    TextFilter,
    enum_of,
    grouped,
    label_field,
)
from marketplace.graphql import Filter as OneFilter
from ordercenter.ledger.accounts import balances_of
from ordercenter.ledger.items import OPENING
from ordercenter.ledger.kinds import TURNED_KINDS, AccountKind, LedgerEntryKind
from ordercenter.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting
from ordercenter.ledger.schema.common import (
    ORGANIZATION,
    PARTNERSHIP,
    VIEW,
    DocumentLinkType,
    document_of,
    listed,
    money_field,
    own_books,
    text,
)


class BalanceOf(BatchLoader):
    """The balance of accounts, debit +."""

    def batch(self, keys: list[int]) -> list[Decimal]:
        found = balances_of(keys)
        return [found[key] for key in keys]


class EntriesOfPosting(BatchLoader):
    """The entries of postings that the actor may see, in their order."""

    def batch(self, keys: list[int]) -> list[list[LedgerEntry]]:
        rows = LedgerEntryType.visible(self.actor).filter(posting__in=keys).order_by("posting", "line")
        return grouped(rows, by="posting_id", keys=keys)


class ReversalOf(BatchLoader):
    """The posting that reverses one, or None."""

    def batch(self, keys: list[int]) -> list[LedgerPosting | None]:
        rows = LedgerPostingType.visible(self.actor).filter(reverses__in=keys)
        found = {row.reverses_id: row for row in rows}
        return [found.get(key) for key in keys]


class LedgerAccountType(ModelType, model=LedgerAccount, name="LedgerAccount", permission=VIEW):
    """What is counted of one kind in one currency, with a partner or for the whole organization."""

    kind = Field(enum_of(AccountKind), required=True, description="What it counts.")
    kind_label = label_field("kind")
    currency = text("ISO 4217 code.")
    sub = text("Tells accounts of one kind apart; mostly empty.")
    organization = Related(ORGANIZATION, "organization", required=True, description="Whose books it stands in.")
    partner = Related(ORGANIZATION, "partner", description="With whom; null for the whole organization.")
    partnership = Related(PARTNERSHIP, "partnership", description="The trade it belongs to.")
    balance = Field(Money, required=True, description="The sum of its entries; of what is owed, the sign is turned.")
    reserved = money_field("reserved", "Of a fund account: what is promised to orders.")

    def resolve_balance(root: Any, info: Any) -> Deferred:
        sign = -1 if root.kind in TURNED_KINDS else 1
        return BalanceOf.of(info).load(root.pk).then(lambda found: money.Money(sign * found, root.currency))

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return LedgerAccount.objects.visible_to(actor).select_related("organization", "partner")


class LedgerPostingType(ModelType, model=LedgerPosting, name="LedgerPosting", permission=VIEW):
    """Entries that sum to 0, written once. A partner reads those that moved an account shared with it."""

    number = text("The number of the document behind it; empty where it has none.")
    purpose = text("What of the document it books.")
    document = Field(DocumentLinkType, required=True, description="What it was posted for.")
    value_date = Field(Date, required=True, description="The day it counts for.")
    posted_at = Field(DateTime, required=True, description="When it was written.")
    posted_by = text("Who wrote it.")
    memo = text("A remark.")
    reverses = Related("ordercenter.ledger.schema.LedgerPostingType", "reverses", description="What it undoes.")
    reversal = Field(lambda: LedgerPostingType, description="What undoes it.")
    can_reverse = Field(graphene.Boolean, required=True, description="You may reverse it by hand.")
    entries = listed(lambda: LedgerEntryType, "Its entries, as far as you see them.", size=4)

    def resolve_document(root: Any, _info: Any) -> dict[str, Any]:
        return document_of(root.source_kind, root.source_id, root.number)

    def resolve_posted_by(root: Any, _info: Any) -> str:
        return root.posted_by.name if root.posted_by else _("System")

    def resolve_reversal(root: Any, info: Any) -> Deferred:
        return ReversalOf.of(info).load(root.pk)

    def resolve_can_reverse(root: Any, info: Any) -> Deferred:
        actor = info.context.actor
        may = actor.may("ledger.post") and own_books(actor, root.organization_id) and root.source_kind == OPENING
        return ReversalOf.of(info).load(root.pk).then(lambda found: bool(may and not found and not root.reverses_id))

    def resolve_entries(root: Any, info: Any) -> Deferred:
        return EntriesOfPosting.of(info).load(root.pk)

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return LedgerPosting.objects.visible_to(actor).select_related("posted_by")


class LedgerEntryType(ModelType, model=LedgerEntry, name="LedgerEntry", permission=VIEW):
    """One amount on one account: debit above 0, credit below."""

    account = Related(LedgerAccountType, "account", required=True, description="Which account.")
    kind = Field(enum_of(LedgerEntryKind), required=True, description="Why it moved.")
    kind_label = label_field("kind")
    amount = Field(Money, required=True, description="Debit above 0, credit below.")
    debit = Field(Money, description="The amount of a debit.")
    credit = Field(Money, description="The amount of a credit, above 0.")
    value_date = Field(Date, required=True, description="The day it counts for.")
    posting = Related(LedgerPostingType, "posting", required=True, description="What it is part of.")
    document = Field(DocumentLinkType, required=True, description="What it was posted for.")

    def resolve_amount(root: Any, _info: Any) -> money.Money:
        return money.Money(root.amount, root.account.currency)

    def resolve_debit(root: Any, _info: Any) -> money.Money | None:
        return money.Money(root.amount, root.account.currency) if root.amount > 0 else None

    def resolve_credit(root: Any, _info: Any) -> money.Money | None:
        return money.Money(-root.amount, root.account.currency) if root.amount < 0 else None

    def resolve_document(root: Any, _info: Any) -> dict[str, Any]:
        return document_of(root.posting.source_kind, root.posting.source_id, root.posting.number)

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        rows = LedgerEntry.objects.visible_to(actor)
        return rows.select_related("account__organization", "account__partner", "posting__posted_by")


class LedgerAccountFilter(FilterInput):
    """Narrows accounts."""

    kind = ListFilter(enum_of(AccountKind), lookup="kind", description="Of these kinds.")
    partnership = IdFilter("Partnership", lookup="partnership", description="With these partners.")
    currency = OneFilter(graphene.String, lookup="currency", description="In this currency.")


class LedgerAccountSort(Sort, default="KIND"):
    """Keys that accounts are sorted by."""

    KIND = SortKey.of("kind", description="What they count.")
    PARTNER = SortKey.of("partner__name", description="The partner's name.", nullable=True)
    BALANCE = SortKey.of("balance", description="The running balance.")


class LedgerPostingFilter(FilterInput):
    """Narrows postings."""

    text = TextFilter(lookups=("number", "memo"), description="Part of the number or the remark.")
    value_date = RangeFilter(DateRange, lookup="value_date", description="Counting for these days.")
    source_kind = OneFilter(graphene.String, lookup="source_kind", description="Of this kind of document.")
    partnership = OneFilter(graphene.ID, description="That moved an account with this partner.")
    account_kind = OneFilter(enum_of(AccountKind), description="That moved an account of this kind.")
    reversed = OneFilter(graphene.Boolean, description="Reversed, or reversing another.")

    @staticmethod
    def filter_partnership(queryset: Any, value: str, info: Any) -> Any:
        from marketplace.graphql import ids_of

        moved = LedgerEntry.objects.filter(account__partnership__in=ids_of([value], "Partnership", "partnership"))
        return queryset.filter(pk__in=moved.values("posting"))

    @staticmethod
    def filter_account_kind(queryset: Any, value: str, info: Any) -> Any:
        moved = LedgerEntry.objects.visible_to(info.context.actor).filter(account__kind=value)
        return queryset.filter(pk__in=moved.values("posting"))

    @staticmethod
    def filter_reversed(queryset: Any, value: bool, info: Any) -> Any:
        either = Q(reverses__isnull=False) | Q(reversal__isnull=False)
        return queryset.filter(either) if value else queryset.exclude(either)


class LedgerPostingSort(Sort, default="-POSTED_AT"):
    """Keys that postings are sorted by."""

    POSTED_AT = SortKey.of(description="The order in which they were written.")
    VALUE_DATE = SortKey.of("value_date", description="The day they count for.")


class LedgerEntryFilter(FilterInput):
    """Narrows entries."""

    account = IdFilter("LedgerAccount", lookup="account", description="On these accounts.")
    account_kind = ListFilter(enum_of(AccountKind), lookup="account__kind", description="On accounts of these kinds.")
    partnership = IdFilter("Partnership", lookup="account__partnership", description="With these partners.")
    kind = ListFilter(enum_of(LedgerEntryKind), lookup="kind", description="For these reasons.")
    value_date = RangeFilter(DateRange, lookup="value_date", description="Counting for these days.")


class LedgerEntrySort(Sort, default="-POSTED_AT"):
    """Keys that entries are sorted by."""

    POSTED_AT = SortKey.of(description="The order in which they were written.")
    VALUE_DATE = SortKey.of("value_date", description="The day they count for.")
