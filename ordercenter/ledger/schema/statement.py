"""Statement of account and ageing in the schema."""

from __future__ import annotations

from datetime import date
from typing import Any

import graphene

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.core.errors import DomainError
from marketplace.graphql import (
    BatchLoader,
    ConnectionField,
    Date,
    Deferred,
    Field,
    Money,
    from_global_id,
    to_global_id,
)
from marketplace.parties.models import Partnership
from marketplace.parties.schema import OrganizationType, PartnershipType
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.schema.common import (
    VIEW,
    DocumentLinkType,
    document_of,
    listed,
    money_field,
    money_or_none,
    text,
)
from ordercenter.ledger.schema.items import AgeingBucket
from ordercenter.ledger.statement import AccountStatement, Ageing, StatementLine, ageing, statement_of_account

Asked = tuple[int, date, date, str]


class StatementOf(BatchLoader):
    """By (partnership, since, until, currency): the statement, or None for what is not the actor's."""

    def batch(self, keys: list[Asked]) -> list[AccountStatement | None]:
        found: list[AccountStatement | None] = []
        for partnership, since, until, currency in keys:
            try:
                found.append(statement_of_account(self.actor, partnership, since, until, currency))
            except DomainError:
                found.append(None)
        return found


class PartnerOf(BatchLoader):
    """The downstream of partnerships, as an organization."""

    def batch(self, keys: list[int]) -> list[Any]:
        rows = Partnership.objects.visible_to(self.actor).filter(pk__in=keys).select_related("upstream", "downstream")
        found = {row.pk: row for row in rows}
        return [found.get(key) for key in keys]


class AgeingShareType(graphene.ObjectType):
    """What is open in one bucket."""

    class Meta:
        name = "AgeingShare"

    bucket = text("The code of the bucket, as `openItems` filters by it.")
    bucket_label = text("Its label in the reader's language.")
    amount = Field(Money, required=True, description="What is open in it.")


class AgeingType(graphene.ObjectType):
    """What is open with one partner in one currency, by how late it is."""

    class Meta:
        name = "Ageing"

    partnership_id = Field(graphene.ID, required=True, description="The trade.")
    partner = Field(OrganizationType, required=True, description="The other side, seen from you.")
    code = Field(graphene.String, description="What the seller calls its partner; to the seller.")
    currency = text("ISO 4217 code.")
    buckets = listed(AgeingShareType, "All buckets, from what is not due yet to the latest.", size=5)
    current = money_field("current", "Not due yet.")
    up_to_30 = money_field("days_1_30", "1 to 30 days overdue.")
    up_to_60 = money_field("days_31_60", "31 to 60 days overdue.")
    up_to_90 = money_field("days_61_90", "61 to 90 days overdue.")
    over_90 = money_field("days_over_90", "More than 90 days overdue.")
    total = money_field("total", "All that is open.")
    overdue = money_field("overdue", "All that is late.")
    disputed = money_field("disputed", "Of all that is open, what is disputed.")
    unapplied = money_field("unapplied", "Prepaid cash that nothing was cleared with.")
    oldest_due = Field(Date, description="The oldest due date.")

    def resolve_partnership_id(root: Ageing, _info: Any) -> str:
        return to_global_id("Partnership", root.partnership_id)

    def resolve_partner(root: Ageing, info: Any) -> Deferred:
        buyer = info.context.actor.buyer

        def other(found: Any) -> Any:
            return found.upstream if buyer and found.downstream_id == buyer.pk else found.downstream

        return PartnerOf.of(info).load(root.partnership_id).then(other)

    def resolve_code(root: Ageing, info: Any) -> Deferred:
        own = info.context.actor.organization_id
        return PartnerOf.of(info).load(root.partnership_id).then(lambda p: p.code if p.upstream_id == own else None)

    def resolve_buckets(root: Ageing, _info: Any) -> list[dict[str, Any]]:
        return [
            {
                "bucket": bucket.name,
                "bucket_label": str(bucket.label),
                "amount": money.Money(getattr(root, bucket.value), root.currency),
            }
            for bucket in AgeingBucket
        ]


class AgeingTotalType(graphene.ObjectType):
    """What all partners together owe in one currency."""

    class Meta:
        name = "AgeingTotal"

    currency = text("ISO 4217 code.")
    partners = Field(graphene.Int, required=True, description="How many have anything open.")
    late_partners = Field(graphene.Int, required=True, description="How many of them are late.")
    buckets = listed(AgeingShareType, "All buckets, from what is not due yet to the latest.", size=5)
    total = money_field("total", "All that is open.")
    overdue = money_field("overdue", "All that is late.")
    disputed = money_field("disputed", "Of all that is open, what is disputed.")
    unapplied = money_field("unapplied", "Prepaid cash that nothing was cleared with.")

    resolve_buckets = AgeingType.resolve_buckets


class Total:
    """Ageing rows of one currency added up."""

    def __init__(self, currency: str, rows: list[Ageing]) -> None:
        self.currency = currency
        self.partners = sum(bool(row.total) for row in rows)
        self.late_partners = sum(bool(row.overdue) for row in rows)
        for name in (*(bucket.value for bucket in AgeingBucket), "total", "overdue", "disputed", "unapplied"):
            setattr(self, name, sum((getattr(row, name) for row in rows), money.Decimal(0)))


class StatementLineType(graphene.ObjectType):
    """One posting as it changed what the partner owes."""

    class Meta:
        name = "AccountStatementLine"

    id = Field(graphene.ID, required=True, description="The posting.")
    posted_on = Field(Date, required=True, description="The day it counts for.")
    kind_label = text("Why.")
    document = Field(DocumentLinkType, required=True, description="The document behind it.")
    memo = text("A remark.")
    due_on = Field(Date, description="When it is to be paid.")
    debit = money_or_none("debit", "What raised the account.")
    credit = money_or_none("credit", "What lowered it.")
    balance = money_field("balance", "What is owed after it.")

    def resolve_id(root: StatementLine, _info: Any) -> str:
        return to_global_id("LedgerPosting", root.pk)

    def resolve_kind_label(root: StatementLine, _info: Any) -> str:
        return str(LedgerEntryKind(root.kind).label)

    def resolve_document(root: StatementLine, _info: Any) -> dict[str, Any]:
        return document_of(root.source_kind, root.source_id, root.number)


class StatementType(graphene.ObjectType):
    """A partner's account over a period: opening, what moved it, closing. Invoices raise it, payments lower it."""

    class Meta:
        name = "AccountStatement"

    partnership = Field(PartnershipType, description="The trade; to those who may see partners.")
    partner = Field(OrganizationType, required=True, description="The other side, seen from you.")
    partnership_id = Field(graphene.ID, required=True, description="The id of the trade.")
    seller = Field(OrganizationType, required=True, description="To whom it is owed.")
    buyer = Field(OrganizationType, required=True, description="Who owes it.")
    currency = text("ISO 4217 code.")
    since = Field(Date, required=True, description="The first day.")
    until = Field(Date, required=True, description="The last day.")
    opening = money_field("opening", "What was owed before the first day.")
    debit = money_field("debit", "What was added.")
    credit = money_field("credit", "What was taken off.")
    closing = money_field("closing", "What is owed at the end of the last day.")
    ageing = Field(AgeingType, required=True, description="What is open today by how late it is.")

    def resolve_partner(root: AccountStatement, info: Any) -> Any:
        own = info.context.actor.buyer
        trade = root.partnership
        return trade.upstream if own and trade.downstream_id == own.pk else trade.downstream

    def resolve_partnership_id(root: AccountStatement, _info: Any) -> str:
        return to_global_id("Partnership", root.partnership.pk)

    def resolve_seller(root: AccountStatement, _info: Any) -> Any:
        return root.partnership.upstream

    def resolve_buyer(root: AccountStatement, _info: Any) -> Any:
        return root.partnership.downstream


PERIOD = {
    "partnership": graphene.ID(description="The trade; none gives no statement."),
    "since": Date(description="The first day; that of the month before last unless told."),
    "until": Date(description="The last day; today unless told."),
    "currency": graphene.String(description="ISO 4217 code; that of the trade unless told."),
}


def asked(
    actor: Actor,
    partnership: str | None = None,
    since: date | None = None,
    until: date | None = None,
    currency: str | None = None,
) -> Asked | None:
    """The key of the loader; None for what is no partnership."""
    until = until or today_of(actor.organization)
    if since is None:
        months = until.year * 12 + until.month - 3
        since = date(months // 12, months % 12 + 1, 1)
    try:
        return from_global_id(partnership or "", "Partnership"), since, until, currency or ""
    except DomainError:
        return None


def seen_from(actor: Actor) -> list[Ageing]:
    """Ageing of all partners of the books the actor reads: its own, or in a partner's view that partner's alone."""
    if actor.on_behalf_of:
        rows = Partnership.objects.visible_to(actor).filter(downstream=actor.on_behalf_of)
        return ageing(list(rows.values_list("pk", flat=True)))
    return ageing(seller_id=actor.organization_id)


class StatementQueries:
    """What is owed, by whom and since when."""

    account_statement = Field(
        StatementType, permission=VIEW, description="The account of a trade over a period.", cost=5, **PERIOD
    )
    account_statement_lines = ConnectionField(
        StatementLineType, permission=VIEW, description="What moved the account of a trade in a period.", **PERIOD
    )
    receivables = ConnectionField(
        AgeingType,
        permission=VIEW,
        search=graphene.String(description="Part of the partner's name or code."),
        overdue=graphene.Boolean(description="Only those who are late."),
        currency=graphene.String(description="ISO 4217 code."),
        description="What partners owe you, a row each and currency, the most overdue first.",
    )
    receivable_totals = listed(AgeingTotalType, "What partners owe you in all, by currency.", permission=VIEW, size=3)
    payables = listed(AgeingType, "What you owe your sellers, a row each and currency.", permission=VIEW, size=5)

    def resolve_account_statement(root: Any, info: Any, **period: Any) -> Any:
        key = asked(info.context.actor, **period)
        return None if key is None else StatementOf.of(info).load(key)

    def resolve_account_statement_lines(root: Any, info: Any, **period: Any) -> Any:
        key = asked(info.context.actor, **period)
        if key is None:
            return []
        return StatementOf.of(info).load(key).then(lambda found: list(found.lines) if found else [])

    def resolve_receivables(
        root: Any, info: Any, search: str | None = None, overdue: bool = False, currency: str | None = None
    ) -> list[Ageing]:
        rows = [row for row in seen_from(info.context.actor) if not currency or row.currency == currency]
        rows = [row for row in rows if row.overdue] if overdue else rows
        words = (search or "").strip().casefold()
        if not words:
            return rows
        partners = Partnership.objects.visible_to(info.context.actor).filter(
            pk__in={row.partnership_id for row in rows}
        )
        named = {
            partner.pk
            for partner in partners.select_related("downstream")
            if words in f"{partner.downstream.shown_name}\n{partner.downstream.name}\n{partner.code}".casefold()
        }
        return [row for row in rows if row.partnership_id in named]

    def resolve_receivable_totals(root: Any, info: Any) -> list[Total]:
        by_currency: dict[str, list[Ageing]] = {}
        for row in seen_from(info.context.actor):
            by_currency.setdefault(row.currency, []).append(row)
        return [Total(currency, rows) for currency, rows in sorted(by_currency.items())]

    def resolve_payables(root: Any, info: Any) -> list[Ageing]:
        actor = info.context.actor
        buyer = actor.buyer
        if buyer is None:
            return []
        rows = Partnership.objects.visible_to(actor).filter(downstream=buyer).values_list("pk", flat=True)
        return ageing(list(rows))
