"""Open items and clearings in the schema."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.graphql import (
    BatchLoader,
    Date,
    DateRange,
    DateTime,
    Deferred,
    Field,
    Filter,
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
    to_global_id,
)
from ordercenter.ledger.credits import Credit, credits_of
from ordercenter.ledger.kinds import OpenItemStatus
from ordercenter.ledger.models import Clearing, OpenItem
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


class LedgerSide(TextChoices):
    """Which side of an open item one is."""

    SELLER = "seller", gettext_lazy("Receivable")
    BUYER = "buyer", gettext_lazy("Payable")


class AgeingBucket(TextChoices):
    """How late an open item is, by days since its due date."""

    CURRENT = "current", gettext_lazy("Not due yet")
    DAYS_1_30 = "days_1_30", gettext_lazy("1 to 30 days")
    DAYS_31_60 = "days_31_60", gettext_lazy("31 to 60 days")
    DAYS_61_90 = "days_61_90", gettext_lazy("61 to 90 days")
    DAYS_OVER_90 = "days_over_90", gettext_lazy("Over 90 days")


#: First and last day of each bucket.
DAYS: dict[str, tuple[int, int | None]] = {
    AgeingBucket.CURRENT: (-100_000, 0),
    AgeingBucket.DAYS_1_30: (1, 30),
    AgeingBucket.DAYS_31_60: (31, 60),
    AgeingBucket.DAYS_61_90: (61, 90),
    AgeingBucket.DAYS_OVER_90: (91, None),
}


def bucket_of(days: int) -> AgeingBucket:
    """The bucket of so many days overdue."""
    return next(
        AgeingBucket(code) for code, (least, most) in DAYS.items() if days >= least and (most is None or days <= most)
    )


class ClearingsOfItem(BatchLoader):
    """All clearings of open items, newest first."""

    def batch(self, keys: list[int]) -> list[list[Clearing]]:
        rows = ClearingType.visible(self.actor).filter(open_item__in=keys).order_by("open_item", "-pk")
        return grouped(rows, by="open_item_id", keys=keys)


class UndoneBy(BatchLoader):
    """Whether clearings were undone."""

    def batch(self, keys: list[int]) -> list[bool]:
        found = set(
            Clearing.objects.visible_to(self.actor).filter(reverses__in=keys).values_list("reverses", flat=True)
        )
        return [key in found for key in keys]


class CreditsToClear(BatchLoader):
    """By (partnership, currency): credits of the actor's books that have something left."""

    def batch(self, keys: list[tuple[int, str]]) -> list[list[Credit]]:
        found = credits_of(self.actor, [partnership for partnership, _currency in keys])
        return [[one for one in found if (one.partnership_id, one.currency) == key] for key in keys]


class CreditType(graphene.ObjectType):
    """A credit of a partner, such as a payment, that open items can be cleared with."""

    class Meta:
        name = "LedgerCredit"

    id = Field(graphene.ID, required=True, description="Its ledger entry, as `clearingCreate` takes it.")
    kind_label = text("What it is.")
    document = Field(DocumentLinkType, required=True, description="The document behind it.")
    value_date = Field(Date, required=True, description="Its day.")
    amount = money_field("amount", "All of it.")
    left = money_field("left", "What nothing was cleared with yet.")

    def resolve_id(root: Credit, _info: Any) -> str:
        return to_global_id("LedgerEntry", root.entry_id)

    def resolve_document(root: Credit, _info: Any) -> dict[str, Any]:
        return document_of(root.source_kind, root.source_id, root.number)


class OpenItemType(ModelType, model=OpenItem, name="OpenItem", permission=VIEW):
    """What is owed by one document for one order: receivable to the seller, payable to the buyer."""

    number = text("The number of the document.")
    document = Field(DocumentLinkType, required=True, description="The document that made it.")
    side = Field(enum_of(LedgerSide), required=True, description="Which side you are.")
    seller = Related(ORGANIZATION, "seller", required=True, description="To whom it is owed.")
    buyer = Related(ORGANIZATION, "buyer", required=True, description="Who owes it.")
    partner = Field(ORGANIZATION, required=True, description="The other side, seen from you.")
    partnership = Related(PARTNERSHIP, "partnership", description="The trade it belongs to.")
    partnership_id = Field(graphene.ID, required=True, description="The id of the trade it belongs to.")
    order_id = Field(graphene.ID, description="The order it is for.")
    order_number = Field(graphene.String, description="The number of that order.")
    currency = text("ISO 4217 code.")
    issued_on = Field(Date, required=True, description="The day of the document.")
    due_on = Field(Date, required=True, description="The day it is to be paid at the latest.")
    amount = money_field("amount", "All of it.")
    open = money_field("open", "What is neither cleared nor written off.")
    cleared = money_field("cleared", "Paid, credited or taken from a fund account.")
    written_off = money_field("written_off", "Given up.")
    status = Field(enum_of(OpenItemStatus), required=True, description="How far it is cleared.")
    status_label = text("The label of `status` in the reader's language.")
    days_overdue = Field(graphene.Int, required=True, description="Days since the due date; 0 where it is not late.")
    bucket = Field(enum_of(AgeingBucket), required=True, description="How late it is.")
    bucket_label = text("The label of `bucket`.")
    disputed = Field(graphene.Boolean, required=True, description="One side says that it is not owed like this.")
    dispute_reason = text("Why.")
    clearings = listed(lambda: ClearingType, "What it was matched with, newest first.", size=3)
    credits = listed(CreditType, "Credits of the partner that it can be cleared with; to its seller.", size=5)
    can_clear = Field(graphene.Boolean, required=True, description="You may clear it.")
    can_write_off = Field(graphene.Boolean, required=True, description="You may write it off.")
    can_dispute = Field(graphene.Boolean, required=True, description="You may dispute it, or end the dispute.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        rows: Any = OpenItem.objects.visible_to(actor)
        return rows.with_days().select_related(
            "seller", "buyer", "order", "partnership__upstream", "partnership__downstream"
        )

    def resolve_document(root: Any, _info: Any) -> dict[str, Any]:
        return document_of(root.document_kind, root.document_id, root.number)

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(OpenItemStatus(root.status).label)

    def resolve_side(root: Any, info: Any) -> LedgerSide:
        return LedgerSide.SELLER if own_books(info.context.actor, root.seller_id) else LedgerSide.BUYER

    def resolve_partner(root: Any, info: Any) -> Any:
        return root.buyer if own_books(info.context.actor, root.seller_id) else root.seller

    def resolve_partnership_id(root: Any, _info: Any) -> str:
        return to_global_id("Partnership", root.partnership_id)

    def resolve_order_id(root: Any, _info: Any) -> str | None:
        return to_global_id("Order", root.order_id) if root.order_id else None

    def resolve_order_number(root: Any, _info: Any) -> str | None:
        return root.order.number if root.order else None

    def resolve_days_overdue(root: Any, _info: Any) -> int:
        return max(root.days_late, 0) if root.open else 0

    def resolve_bucket(root: Any, _info: Any) -> AgeingBucket:
        return bucket_of(root.days_late)

    def resolve_bucket_label(root: Any, _info: Any) -> str:
        return str(bucket_of(root.days_late).label)

    def resolve_clearings(root: Any, info: Any) -> Deferred:
        return ClearingsOfItem.of(info).load(root.pk)

    def resolve_credits(root: Any, info: Any) -> Any:
        if not own_books(info.context.actor, root.seller_id):
            return []
        return CreditsToClear.of(info).load((root.partnership_id, root.currency))

    def resolve_can_clear(root: Any, info: Any) -> bool:
        return _may(root, info, "ledger.clear")

    def resolve_can_write_off(root: Any, info: Any) -> bool:
        return _may(root, info, "ledger.write_off")

    def resolve_can_dispute(root: Any, info: Any) -> bool:
        actor = info.context.actor
        return bool((root.open or root.disputed) and actor.may("ledger.dispute") and not actor.is_read_only)


def _may(item: OpenItem, info: Any, permission: str) -> bool:
    actor = info.context.actor
    return bool(item.open and actor.may(permission) and own_books(actor, item.seller_id))


class ClearingType(ModelType, model=Clearing, name="Clearing", permission=VIEW):
    """A part of an open item matched with money, given up, or either undone."""

    open_item = Related(OpenItemType, "open_item", fresh=True, required=True, description="What was cleared.")
    amount = Field(Money, required=True, description="So much of it.")
    cleared_at = Field(DateTime, required=True, description="When.")
    cleared_by = text("Who did it.")
    write_off = Field(graphene.Boolean, required=True, description="It was given up, not paid.")
    document = Field(DocumentLinkType, required=True, description="What it was cleared with.")
    reverses = Field(graphene.Boolean, required=True, description="It undoes another.")
    is_undone = Field(graphene.Boolean, required=True, description="Another undoes it.")
    can_reverse = Field(graphene.Boolean, required=True, description="You may undo it.")

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        rows = Clearing.objects.visible_to(actor)
        return rows.select_related("open_item", "entry__posting", "payment_entry__posting", "cleared_by")

    def resolve_amount(root: Any, _info: Any) -> money.Money:
        return money.Money(root.amount, root.open_item.currency)

    def resolve_cleared_by(root: Any, _info: Any) -> str:
        return root.cleared_by.name if root.cleared_by else _("System")

    def resolve_document(root: Any, _info: Any) -> dict[str, Any]:
        posting = (root.payment_entry or root.entry).posting
        return document_of(posting.source_kind, posting.source_id, posting.number)

    def resolve_reverses(root: Any, _info: Any) -> bool:
        return root.reverses_id is not None

    def resolve_is_undone(root: Any, info: Any) -> Deferred:
        return UndoneBy.of(info).load(root.pk)

    def resolve_can_reverse(root: Any, info: Any) -> Deferred:
        actor = info.context.actor
        by_hand = root.reverses_id is None and root.fund_use_id is None
        may = by_hand and actor.may("ledger.clear") and own_books(actor, root.seller_id)
        return UndoneBy.of(info).load(root.pk).then(lambda undone: bool(may and not undone))


class OpenItemFilter(FilterInput):
    """Narrows open items."""

    side = Filter(enum_of(LedgerSide), description="Those owed to you, or by you.")
    status = ListFilter(enum_of(OpenItemStatus), lookup="status", description="Cleared so far.")
    open = Filter(graphene.Boolean, description="Something of it is open.")
    overdue = Filter(graphene.Boolean, description="Open and late.")
    bucket = ListFilter(enum_of(AgeingBucket), description="Open and so late.")
    disputed = Filter(graphene.Boolean, lookup="disputed", description="Disputed.")
    partnership = IdFilter("Partnership", lookup="partnership", description="With these partners.")
    order = IdFilter("Order", lookup="order", description="For these orders.")
    currency = Filter(graphene.String, lookup="currency", description="In this currency.")
    due_on = RangeFilter(DateRange, lookup="due_on", description="Due on these days.")
    issued_on = RangeFilter(DateRange, lookup="issued_on", description="Of these days.")
    text = TextFilter(
        lookups=("number", "order__number", "buyer__name", "seller__name"),
        description="Part of the number of the document or order, or of the partner's name.",
    )

    @staticmethod
    def filter_side(queryset: Any, value: str, info: Any) -> Any:
        actor = info.context.actor
        as_buyer = value == LedgerSide.BUYER
        own = actor.buyer.pk if as_buyer and actor.buyer else actor.organization_id
        return queryset.filter(**{"buyer" if as_buyer else "seller": own})

    @staticmethod
    def filter_open(queryset: Any, value: bool, info: Any) -> Any:
        return queryset.filter(open__gt=0) if value else queryset.filter(open=0)

    @staticmethod
    def filter_overdue(queryset: Any, value: bool, info: Any) -> Any:
        return queryset.late() if value else queryset.exclude(open__gt=0, days_late__gte=1)

    @staticmethod
    def filter_bucket(queryset: Any, value: list[str], info: Any) -> Any:
        wanted = Q(pk__in=[])
        for code in value:
            least, most = DAYS[code]
            wanted |= Q(days_late__gte=least) & (Q() if most is None else Q(days_late__lte=most))
        return queryset.filter(wanted, open__gt=0)


class OpenItemSort(Sort, default="DUE_ON"):
    """Keys that open items are sorted by."""

    DUE_ON = SortKey.of("due_on", description="The due date.")
    ISSUED_ON = SortKey.of("issued_on", description="The day of the document.")
    NUMBER = SortKey.of("number", description="The number of the document.")
    PARTNER = SortKey.of("buyer__name", description="The buyer's name.")
    AMOUNT = SortKey.of("amount", description="All of it.")
    OPEN = SortKey.of("open", description="What is open.")


class ClearingFilter(FilterInput):
    """Narrows clearings."""

    open_item = IdFilter("OpenItem", lookup="open_item", description="Of these open items.")
    partnership = IdFilter("Partnership", lookup="open_item__partnership", description="With these partners.")
    write_off = Filter(graphene.Boolean, lookup="write_off", description="Written off, not paid.")


class ClearingSort(Sort, default="-CLEARED_AT"):
    """Keys that clearings are sorted by."""

    CLEARED_AT = SortKey.of(description="When they were made.")
