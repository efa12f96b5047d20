"""Queries of credit."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from marketplace.core.errors import DomainError
from marketplace.core.models import DocumentStatus
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
from marketplace.parties.sides import TradeSide
from ordercenter.credit.enums import CreditAccountStatus, CreditMode, CreditRuleKind, ExposureBucket
from ordercenter.credit.exposure import exposures_of
from ordercenter.credit.models import CreditAccount, CreditMember, CreditMovement, CreditRule, CreditSettings
from ordercenter.credit.schema.types import (
    CreditAccountType,
    CreditExposureType,
    CreditMovementType,
    CreditRequestType,
    CreditRuleType,
    CreditSettingsType,
)


def of_account(rows: QuerySet[Any], gid: str | None) -> QuerySet[Any]:
    """The rows of one account; none for an id that is none."""
    if gid is None:
        return rows
    try:
        return rows.filter(account=from_global_id(gid, "CreditAccount"))
    except DomainError:
        return rows.none()


def together(rows: QuerySet[Any]) -> QuerySet[Any]:
    """One row, with `total`, for the lines of an order that moved alike in one transaction."""
    alike = ("account", "order", "cause", "source", "target", "at")
    same = CreditMovement.objects.filter(**{name: OuterRef(name) for name in alike}).order_by().values("order")
    total = Coalesce(Subquery(same.annotate(sum=Sum("amount")).values("sum")), F("amount"))
    first = Subquery(same.annotate(first=Min("pk")).values("first"))
    return rows.annotate(total=total).filter(Q(order=None) | Q(pk=first))


class CreditAccountFilter(FilterInput):
    """Narrows credit accounts."""

    status = ListFilter(enum_of(CreditAccountStatus), lookup="status", description="In any of these states.")
    mode = ListFilter(enum_of(CreditMode), lookup="mode", description="Of any of these modes.")
    seller = IdFilter("Organization", lookup="organization", description="Owed to these sellers.")
    partnership = Filter(graphene.ID, description="Under which this partner buys.")
    held = Filter(graphene.Boolean, description="With value that is held.")
    search = Filter(graphene.String, description="Words of the name, or of a member's name or code.")

    @staticmethod
    def filter_partnership(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        try:
            pk = from_global_id(value, "Partnership")
        except DomainError:
            return rows.none()
        return rows.filter(Exists(CreditMember.objects.filter(account=OuterRef("pk"), partnership=pk)))

    @staticmethod
    def filter_held(rows: QuerySet[Any], value: bool, _info: Any) -> QuerySet[Any]:
        return rows.filter(held__gt=0) if value else rows.filter(held=0)

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        words = value.strip()
        if not words:
            return rows
        paths = ("downstream__name", "downstream__name_zh", "downstream__name_en", "code")
        named = Q(pk__in=[])
        for path in paths:
            named |= Q(**{f"partnership__{path}__icontains": words})
        members = CreditMember.objects.filter(named, account=OuterRef("pk"))
        return rows.filter(Q(name__icontains=words) | Exists(members))


class CreditAccountSort(Sort, default="-EXPOSURE"):
    """Keys that credit accounts are sorted by."""

    EXPOSURE = SortKey.of("owed", description="What is owed and promised.")
    RECEIVABLE = SortKey.of("receivable", description="What is invoiced and not paid.")
    HELD = SortKey.of("held", description="What is held.")
    CREATED = SortKey.of("created_at", description="When it was opened.")


class CreditMovementFilter(FilterInput):
    """Narrows credit movements."""

    account = IdFilter("CreditAccount", lookup="account", description="Of these accounts.")
    order = IdFilter("Order", lookup="order", description="Of these orders.")
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these partners.")
    at = RangeFilter(DateTimeRange, lookup="at", description="In this time.")
    bucket = ListFilter(enum_of(ExposureBucket), description="Out of or into any of these buckets.")

    @staticmethod
    def filter_bucket(rows: QuerySet[Any], value: list[str], _info: Any) -> QuerySet[Any]:
        return rows.filter(Q(source__in=value) | Q(target__in=value))


class CreditMovementSort(Sort, default="-AT"):
    """Keys that credit movements are sorted by."""

    AT = SortKey.of("at", description="When.")
    AMOUNT = SortKey.of("amount", description="How much.")


class CreditRuleFilter(FilterInput):
    """Narrows credit rules."""

    kind = ListFilter(enum_of(CreditRuleKind), lookup="kind", description="Of any of these kinds.")
    active = Filter(graphene.Boolean, lookup="is_active", description="Asked, or not.")


class CreditRuleSort(Sort, default="KIND"):
    """Keys that credit rules are sorted by."""

    KIND = SortKey.of("kind", description="What they look at.")


class CreditRequestFilter(FilterInput):
    """Narrows credit requests."""

    status = ListFilter(enum_of(DocumentStatus), lookup="status", description="In any of these states.")
    account = IdFilter("CreditAccount", lookup="account", description="For these accounts.")
    partnership = IdFilter("Partnership", lookup="partnership", description="For these partners.")


class CreditRequestSort(Sort, default="-CREATED"):
    """Keys that credit requests are sorted by."""

    CREATED = SortKey.of("created_at", description="When they were written.")
    AMOUNT = SortKey.of("amount", description="How much is asked.")


class Queries:
    """What can be asked of credit."""

    credit_settings = Field(CreditSettingsType, permission="credit.view", description="How credit is controlled.")
    credit_account = Field(
        CreditAccountType, id=graphene.ID(required=True, description="Its id."), description="One credit account."
    )
    credit_accounts = ConnectionField(
        CreditAccountType,
        filter=CreditAccountFilter,
        sort=CreditAccountSort,
        side=graphene.Argument(enum_of(TradeSide), description="As seller or as buyer; both unless told."),
        description="What partners may owe you, and what you may owe your sellers; none without `credit.view`.",
    )
    credit_exposure = Field(
        CreditExposureType,
        partnership=graphene.ID(required=True, description="The partner."),
        currency=graphene.String(description="The currency; that of the partnership unless told."),
        permission="credit.view",
        description="What a partner may owe and owes; null where it has no credit account.",
    )
    credit_movements = ConnectionField(
        CreditMovementType,
        filter=CreditMovementFilter,
        sort=CreditMovementSort,
        account=graphene.ID(description="Of this account alone."),
        by_document=graphene.Boolean(description="All lines of an order that moved together as one, with their sum."),
        permission="credit.view",
        description="How value went from bucket to bucket, newest first.",
    )
    credit_rules = ConnectionField(
        CreditRuleType,
        filter=CreditRuleFilter,
        sort=CreditRuleSort,
        permission="credit.manage",
        description="What stops orders.",
    )
    credit_rule = Field(
        CreditRuleType, id=graphene.ID(required=True, description="Its id."), description="One credit rule."
    )
    credit_requests = ConnectionField(
        CreditRequestType,
        filter=CreditRequestFilter,
        sort=CreditRequestSort,
        account=graphene.ID(description="For this account alone."),
        permission="credit.view",
        description="Limits that are asked for.",
    )
    credit_request = Field(
        CreditRequestType, id=graphene.ID(required=True, description="Its id."), description="One credit request."
    )

    def resolve_credit_settings(root: Any, info: Any) -> CreditSettings | None:
        return CreditSettings.objects.visible_to(info.context.actor).first()

    def resolve_credit_account(root: Any, info: Any, id: str) -> Any:
        return CreditAccountType.by_id(info, id)

    def resolve_credit_accounts(root: Any, info: Any, side: Any = None) -> QuerySet[Any]:
        actor = info.context.actor
        sum_ = F("open_orders") + F("unbilled") + F("receivable")
        owed = Case(When(count_unapplied=True, then=sum_ - F("unapplied")), default=sum_)
        rows = CreditAccountType.visible(actor).annotate(owed=owed)
        if not actor.may("credit.view"):
            return rows.none()
        if side is None:
            return rows
        # In a partner's view one reads as the buyer.
        own = Q(pk__in=[]) if actor.on_behalf_of else Q(organization=actor.organization_id)
        return rows.filter(own) if side == TradeSide.SELLER else rows.exclude(own)

    def resolve_credit_exposure(root: Any, info: Any, partnership: str, currency: str = "") -> Any:
        rows = CreditAccount.objects.visible_to(info.context.actor)
        member = Q(members__partnership=from_global_id(partnership, "Partnership", "partnership"))
        chosen = Q(members__currency=currency or F("members__partnership__currency"))
        found = rows.filter(member & chosen).values_list("pk", flat=True).first()
        return exposures_of([found])[found] if found else None

    def resolve_credit_movements(
        root: Any, info: Any, account: str | None = None, by_document: bool = False
    ) -> QuerySet[Any]:
        rows = of_account(CreditMovementType.visible(info.context.actor), account)
        return together(rows) if by_document else rows

    def resolve_credit_rules(root: Any, info: Any) -> QuerySet[CreditRule]:
        return CreditRule.objects.visible_to(info.context.actor)

    def resolve_credit_rule(root: Any, info: Any, id: str) -> Any:
        return CreditRuleType.by_id(info, id)

    def resolve_credit_requests(root: Any, info: Any, account: str | None = None) -> QuerySet[Any]:
        return of_account(CreditRequestType.visible(info.context.actor), account)

    def resolve_credit_request(root: Any, info: Any, id: str) -> Any:
        return CreditRequestType.by_id(info, id)
