"""Queries of funds."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q, QuerySet

from marketplace.graphql import (
    ConnectionField,
    DateTimeRange,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    RangeFilter,
    Sort,
    SortKey,
    enum_of,
    from_global_id,
)
from marketplace.parties.models import Partnership
from ordercenter.ledger.funds.kinds import FundDocumentStatus, FundKind
from ordercenter.ledger.funds.models import FundSettings, FundUseRule
from ordercenter.ledger.funds.schema.documents import (
    FundAdjustmentType,
    FundSettingsType,
    FundTopUpType,
    FundTransferType,
    FundUseRuleType,
)
from ordercenter.ledger.funds.schema.types import VIEW, FundAccountType, FundGrantType, FundPoolType, FundUseType

KIND = ListFilter(enum_of(FundKind), lookup="kind", description="Of any of these kinds.")
STATUS = ListFilter(enum_of(FundDocumentStatus), lookup="status", description="In any of these states.")
PATHS = ("downstream__name", "downstream__name_zh", "downstream__name_en", "code")


def named(words: str, path: str = "partnership") -> Q:
    """Words of the buyer's name or code."""
    found = Q(pk__in=[])
    for one in PATHS:
        found |= Q(**{f"{path}__{one}__icontains": words})
    return found


class FundAccountFilter(FilterInput):
    """Narrows fund accounts."""

    kind = KIND
    seller = IdFilter("Organization", lookup="organization", description="At these sellers.")
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these trades.")
    search = Filter(graphene.String, description="Words of the buyer's name or code.")
    empty = Filter(graphene.Boolean, description="True: those without a balance; false: the others.")

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return rows.filter(named(value.strip())) if value.strip() else rows

    @staticmethod
    def filter_empty(rows: QuerySet[Any], value: bool, _info: Any) -> QuerySet[Any]:
        return rows.filter(balance=0) if value else rows.exclude(balance=0)


class FundAccountSort(Sort, default="-BALANCE"):
    """Keys that fund accounts are sorted by."""

    BALANCE = SortKey.of("held", description="What they hold.")
    AVAILABLE = SortKey.of("free", description="What is not promised.")
    CREATED = SortKey.of("created_at", description="When they were opened.")


class FundGrantFilter(FilterInput):
    """Narrows grants."""

    kind = KIND
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these trades.")
    account = IdFilter("FundAccount", lookup="account", description="Of these accounts.")
    source_kind = ListFilter(graphene.String, lookup="source_kind", description="From any of these kinds of documents.")
    open = Filter(graphene.Boolean, description="True: something is left of them; false: nothing is.")
    ends = RangeFilter(DateTimeRange, lookup="usable_to", description="Ending in this time.")
    created = RangeFilter(DateTimeRange, lookup="created_at", description="Come in in this time.")

    @staticmethod
    def filter_open(rows: QuerySet[Any], value: bool, _info: Any) -> QuerySet[Any]:
        return rows.filter(remaining__gt=0) if value else rows.filter(remaining=0)


class FundGrantSort(Sort, default="-CREATED"):
    """Keys that grants are sorted by."""

    CREATED = SortKey.of("id", description="The order in which they came in.")
    ENDS = SortKey.of("usable_to", description="When they end; without an end last.")
    REMAINING = SortKey.of("remaining", description="What is left of them.")


class FundUseFilter(FilterInput):
    """Narrows uses."""

    kind = KIND
    partnership = IdFilter("Partnership", lookup="account__partnership", description="Of these trades.")
    account = IdFilter("FundAccount", lookup="account", description="From these accounts.")
    grant = IdFilter("FundGrant", lookup="grant", description="From these grants.")
    order = IdFilter("Order", lookup="order", description="For these orders.")
    document_kind = ListFilter(
        graphene.String, lookup="document_kind", description="By any of these kinds of documents."
    )
    used = RangeFilter(DateTimeRange, lookup="used_at", description="In this time.")


class FundUseSort(Sort, default="-USED"):
    """Keys that uses are sorted by."""

    USED = SortKey.of("id", description="The order in which they happened.")
    AMOUNT = SortKey.of("amount", description="How much.")


class FundTopUpFilter(FilterInput):
    """Narrows top-ups."""

    kind = KIND
    status = STATUS
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these trades.")
    search = Filter(graphene.String, description="A number, a reference, or words of the buyer's name.")

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        words = value.strip()
        own = Q(number__icontains=words) | Q(reference__icontains=words)
        return rows.filter(own | named(words)) if words else rows


class FundTransferFilter(FilterInput):
    """Narrows transfers."""

    status = STATUS
    source = IdFilter("Partnership", lookup="source", description="From these trades.")
    target = IdFilter("Partnership", lookup="target", description="To these trades.")
    search = Filter(graphene.String, description="A number, or words of a buyer's name.")

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        words = value.strip()
        return (
            rows.filter(Q(number__icontains=words) | named(words, "source") | named(words, "target")) if words else rows
        )


class FundAdjustmentFilter(FilterInput):
    """Narrows adjustments and payouts."""

    kind = KIND
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these trades.")


class FundDocumentSort(Sort, default="-CREATED"):
    """Keys that documents of funds are sorted by."""

    CREATED = SortKey.of("id", description="The order in which they were written.")
    AMOUNT = SortKey.of("amount", description="How much.")


class FundUseRuleFilter(FilterInput):
    """Narrows use rules."""

    kind = KIND
    active = Filter(graphene.Boolean, lookup="is_active", description="Used, or not.")


class FundUseRuleSort(Sort, default="PRIORITY"):
    """Keys that use rules are sorted by."""

    PRIORITY = SortKey.of("priority", description="Which is used first.")
    KIND = SortKey.of("kind", description="Which account they are about.")


SELLING = graphene.Boolean(description="True: what you keep for your buyers; false: what you hold with your sellers.")


def of_side(rows: QuerySet[Any], info: Any, selling: bool | None, seller: str = "seller") -> QuerySet[Any]:
    """The rows of one side; of both where nothing is told."""
    if selling is None:
        return rows
    mine = Q(**{seller: info.context.actor.organization_id})
    return rows.filter(mine if selling else ~mine)


def one(type_: Any, what: str) -> Field:
    """One object by its id."""
    return Field(type_, id=graphene.ID(required=True, description="Its id."), description=what)


class Queries:
    """What can be asked of funds."""

    fund_pool = Field(
        FundPoolType,
        partnership=graphene.ID(description="The trade; or name the seller."),
        seller=graphene.ID(description="The seller with whom you hold them."),
        permission=VIEW,
        description="All balances that a buyer holds with a seller.",
    )
    fund_account = one(FundAccountType, "One fund account.")
    fund_accounts = ConnectionField(
        FundAccountType,
        selling=SELLING,
        filter=FundAccountFilter,
        sort=FundAccountSort,
        permission=VIEW,
        description="Fund accounts of your buyers, and your own with your sellers.",
    )
    fund_grants = ConnectionField(
        FundGrantType,
        selling=SELLING,
        filter=FundGrantFilter,
        sort=FundGrantSort,
        permission=VIEW,
        description="What came in.",
    )
    fund_grant = one(FundGrantType, "One grant.")
    fund_uses = ConnectionField(
        FundUseType,
        selling=SELLING,
        filter=FundUseFilter,
        sort=FundUseSort,
        permission=VIEW,
        description="What went out, and came back.",
    )
    fund_top_ups = ConnectionField(
        FundTopUpType,
        selling=SELLING,
        filter=FundTopUpFilter,
        sort=FundDocumentSort,
        permission=VIEW,
        description="Top-ups.",
    )
    fund_top_up = one(FundTopUpType, "One top-up.")
    fund_transfers = ConnectionField(
        FundTransferType,
        filter=FundTransferFilter,
        sort=FundDocumentSort,
        permission="funds.manage",
        description="Transfers.",
    )
    fund_transfer = one(FundTransferType, "One transfer.")
    fund_adjustments = ConnectionField(
        FundAdjustmentType,
        filter=FundAdjustmentFilter,
        sort=FundDocumentSort,
        permission=VIEW,
        description="Adjustments and payouts.",
    )
    fund_use_rules = ConnectionField(
        FundUseRuleType,
        filter=FundUseRuleFilter,
        sort=FundUseRuleSort,
        permission="funds.rules",
        description="How your buyers may use funds.",
    )
    fund_use_rule = one(FundUseRuleType, "One use rule.")
    fund_settings = Field(FundSettingsType, permission="funds.rules", description="What holds for all fund accounts.")

    def resolve_fund_pool(
        root: Any, info: Any, partnership: str | None = None, seller: str | None = None
    ) -> Partnership | None:
        rows = Partnership.objects.visible_to(info.context.actor)
        if partnership:
            return rows.filter(pk=from_global_id(partnership, "Partnership", "partnership")).first()
        if not seller:
            return None
        buyer = info.context.actor.buyer
        return rows.filter(upstream=from_global_id(seller, "Organization", "seller"), downstream=buyer).first()

    def resolve_fund_account(root: Any, info: Any, id: str) -> Any:
        return FundAccountType.by_id(info, id)

    def resolve_fund_accounts(root: Any, info: Any, selling: bool | None = None) -> QuerySet[Any]:
        return of_side(FundAccountType.visible(info.context.actor), info, selling, "organization")

    def resolve_fund_grants(root: Any, info: Any, selling: bool | None = None) -> QuerySet[Any]:
        return of_side(FundGrantType.visible(info.context.actor), info, selling)

    def resolve_fund_grant(root: Any, info: Any, id: str) -> Any:
        return FundGrantType.by_id(info, id)

    def resolve_fund_uses(root: Any, info: Any, selling: bool | None = None) -> QuerySet[Any]:
        return of_side(FundUseType.visible(info.context.actor), info, selling)

    def resolve_fund_top_ups(root: Any, info: Any, selling: bool | None = None) -> QuerySet[Any]:
        return of_side(FundTopUpType.visible(info.context.actor), info, selling)

    def resolve_fund_top_up(root: Any, info: Any, id: str) -> Any:
        return FundTopUpType.by_id(info, id)

    def resolve_fund_transfers(root: Any, info: Any) -> QuerySet[Any]:
        return FundTransferType.visible(info.context.actor)

    def resolve_fund_transfer(root: Any, info: Any, id: str) -> Any:
        return FundTransferType.by_id(info, id)

    def resolve_fund_adjustments(root: Any, info: Any) -> QuerySet[Any]:
        return FundAdjustmentType.visible(info.context.actor)

    def resolve_fund_use_rules(root: Any, info: Any) -> QuerySet[Any]:
        return FundUseRule.objects.visible_to(info.context.actor)

    def resolve_fund_use_rule(root: Any, info: Any, id: str) -> Any:
        return FundUseRuleType.by_id(info, id)

    def resolve_fund_settings(root: Any, info: Any) -> FundSettings | None:
        return FundSettings.objects.visible_to(info.context.actor).first()
