"""Fund accounts, grants and uses in the schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import graphene
from django.db.models import F

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.core.instants import or_none
from marketplace.graphql import (
    DateTime,
    Deferred,
    Field,
    ModelType,
    Money,
    Related,
    enum_of,
    label_field,
    to_global_id,
)
from marketplace.parties.models import Partnership
from ordercenter.ledger.funds.choices import FundChoice
from ordercenter.ledger.funds.kinds import FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.loaders import AccountsOfPartnership, LiveGrantsOfAccount, Usable, UsableOfAccount
from ordercenter.ledger.funds.models import FundAccount, FundGrant, FundUse
from ordercenter.ledger.funds.schema.common import ORGANIZATION, PARTNERSHIP, listed, money_of, text
from ordercenter.ledger.funds.words import source_words

VIEW = "funds.view"
VARIANT = "marketplace.catalog.schema.VariantType"


class FundAccountType(ModelType, model=FundAccount, name="FundAccount", permission=VIEW):
    """One balance that a buyer holds with a seller and may use to pay."""

    kind = Field(enum_of(FundKind), required=True, description="What it is.")
    kind_label = label_field("kind")
    currency = text("ISO 4217 code.")
    seller = Related(ORGANIZATION, "organization", required=True, description="Who owes it.")
    buyer = Related(ORGANIZATION, "partner", required=True, description="Whose it is.")
    partnership = Related(PARTNERSHIP, "partnership", required=True, description="The trade it belongs to.")
    balance = money_of("shown_balance", "All of it, what is promised to orders too.")
    reserved = money_of("reserved", "What is promised to orders.")
    available = money_of("available", "The balance less what is promised.")
    usable = Field(Money, required=True, description="What of that may be used now: begun, and not ended.")
    later = Field(Money, required=True, description="What of it may be used later.")
    ends_at = Field(DateTime, description="When the part that ends first ends; null where nothing ends.")
    ends_soon = Field(graphene.Boolean, required=True, description="It ends within 30 days.")
    ends = Field(Money, required=True, description="How much ends then.")
    grants = listed(lambda: FundGrantType, "What is left of its grants, in the order in which they are taken.", size=10)

    def resolve_usable(root: FundAccount, info: Any) -> Deferred:
        return _usable(root, info, "usable")

    def resolve_later(root: FundAccount, info: Any) -> Deferred:
        return _usable(root, info, "later")

    def resolve_ends(root: FundAccount, info: Any) -> Deferred:
        return _usable(root, info, "ends")

    def resolve_ends_at(root: FundAccount, info: Any) -> Deferred:
        return UsableOfAccount.of(info).load(root.pk).then(lambda found: found.ends_at)

    def resolve_ends_soon(root: FundAccount, info: Any) -> Deferred:
        return UsableOfAccount.of(info).load(root.pk).then(lambda found: found.ends_soon)

    def resolve_grants(root: FundAccount, info: Any) -> Deferred:
        return LiveGrantsOfAccount.of(info).load(root.pk)

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        rows = FundAccount.objects.visible_to(actor).select_related("organization", "partner")
        return rows.annotate(held=-F("balance"), free=-F("balance") - F("reserved"))


def _usable(root: FundAccount, info: Any, name: str) -> Deferred:
    def told(found: Usable) -> money.Money:
        return money.Money(getattr(found, name), root.currency)

    return UsableOfAccount.of(info).load(root.pk).then(told)


class FundOfferType(graphene.ObjectType):
    """One fund account in front of an order that is not placed yet."""

    class Meta:
        name = "FundOffer"

    kind = Field(enum_of(FundKind), required=True, description="Which account.")
    kind_label = text("The same in the reader's language.")
    mode = Field(enum_of(FundMode), required=True, description="By itself, when asked, or not at all.")
    mode_label = text("The same in the reader's language.")
    treatment = Field(enum_of(FundTreatment), required=True, description="How it counts on the order.")
    treatment_label = text("The same in the reader's language.")
    usable = money_of("usable", "What of the account may be used now.")
    most = money_of("most", "The most that may be asked of it for this order.")
    amount = money_of("amount", "What it would pay.")
    asked = Field(Money, description="What the buyer asked for; null leaves it to the seller's rule.")

    def resolve_kind_label(root: FundChoice, _info: Any) -> str:
        return str(root.kind.label)

    def resolve_mode_label(root: FundChoice, _info: Any) -> str:
        return str(root.mode.label)

    def resolve_treatment_label(root: FundChoice, _info: Any) -> str:
        return str(root.treatment.label)

    def resolve_asked(root: FundChoice, _info: Any) -> money.Money | None:
        return None if root.asked is None else money.Money(root.asked, root.currency)


class FundPoolType(graphene.ObjectType):
    """All balances that a buyer holds with a seller."""

    class Meta:
        name = "FundPool"

    partnership = Field(PARTNERSHIP, required=True, description="The trade.")
    currency = text("The currency of the trade.")
    total = Field(
        Money, required=True, description="What is available of all of them in that currency, deposits left out."
    )
    accounts = listed(FundAccountType, "The accounts, by currency and kind.", size=5)

    def resolve_partnership(root: Partnership, _info: Any) -> Partnership:
        return root

    def resolve_accounts(root: Partnership, info: Any) -> Deferred:
        return AccountsOfPartnership.of(info).load(root.pk)

    def resolve_total(root: Partnership, info: Any) -> Deferred:
        def told(accounts: list[FundAccount]) -> money.Money:
            counted = (a for a in accounts if a.currency == root.currency and a.kind != FundKind.DEPOSIT)
            return money.Money(sum((one.available for one in counted), Decimal(0)), root.currency)

        return AccountsOfPartnership.of(info).load(root.pk).then(told)


class FundGrantType(ModelType, model=FundGrant, name="FundGrant", permission=VIEW):
    """One amount that came into a fund account, with its validity."""

    kind = Field(enum_of(FundKind), required=True, description="Into which account.")
    kind_label = label_field("kind")
    partnership = Related(PARTNERSHIP, "partnership", required=True, description="Of which trade.")
    seller = Related(ORGANIZATION, "seller", required=True, description="Who owes it.")
    buyer = Related(ORGANIZATION, "buyer", required=True, description="Whose it is.")
    amount = money_of("amount", "What came in.")
    remaining = money_of("remaining", "What is left of it.")
    reserved = money_of("reserved", "What of that is promised to orders.")
    available = money_of("available", "What is neither used nor promised.")
    valid_from = Field(DateTime, description="From when it may be used; null: at once.")
    valid_to = Field(
        DateTime, description="Until when it may be used, with what was added for what came back; null: ever."
    )
    source_kind = text("The kind of document it came from, for programs.")
    source_label = text("What people call that.")
    number = text("The number of that document; empty where it has none.")
    rule_name = Field(graphene.String, description="The rule that alone may use it; null: any rule of its kind.")
    variant_ids = listed(graphene.ID, "It pays these goods alone; empty: whatever its rule allows.")
    goods = listed(VARIANT, "The same with their names.", size=3)
    created_at = Field(DateTime, required=True, description="When it came in.")

    def resolve_valid_from(root: FundGrant, _info: Any) -> Any:
        return or_none(root.valid_from)

    def resolve_valid_to(root: FundGrant, _info: Any) -> Any:
        return or_none(root.usable_to)

    def resolve_source_label(root: FundGrant, _info: Any) -> str:
        return source_words(root.source_kind)

    def resolve_rule_name(root: FundGrant, _info: Any) -> str | None:
        return root.use_rule.name if root.use_rule else None

    def resolve_variant_ids(root: FundGrant, _info: Any) -> list[str]:
        return [to_global_id("Variant", pk) for pk in root.variant_ids]

    def resolve_goods(root: FundGrant, info: Any) -> Deferred:
        from marketplace.catalog.schema import VariantType

        found = Deferred.all([VariantType.load(info, pk) for pk in root.variant_ids])
        return found.then(lambda rows: [row for row in rows if row is not None])

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return FundGrant.objects.visible_to(actor).select_related("use_rule")


class FundUseType(ModelType, model=FundUse, name="FundUse", permission=VIEW):
    """An amount taken from a grant by one document; below 0 it came back. Never changed itself."""

    kind = Field(enum_of(FundKind), required=True, description="From which account.")
    kind_label = label_field("kind")
    treatment = Field(enum_of(FundTreatment), description="How it counted on the order; null where no order took it.")
    treatment_label = Field(graphene.String, description="The same in the reader's language.")
    seller = Related(ORGANIZATION, "seller", required=True, description="Who owed it.")
    buyer = Related(ORGANIZATION, "buyer", required=True, description="Whose it was.")
    amount = Field(Money, required=True, description="How much; below 0 it came back.")
    document_kind = text("The kind of document that took it, for programs.")
    document_label = text("What people call that.")
    number = text("The number of that document; empty where it has none.")
    order_id = Field(graphene.ID, description="The global id of the order it was for.")
    order_number = Field(graphene.String, description="The number of that order.")
    grant = Related(FundGrantType, "grant", required=True, description="From which grant.")
    used_at = Field(DateTime, required=True, description="When.")

    def resolve_treatment(root: FundUse, _info: Any) -> str | None:
        return root.treatment or None

    def resolve_treatment_label(root: FundUse, _info: Any) -> str | None:
        return str(FundTreatment(root.treatment).label) if root.treatment else None

    def resolve_amount(root: FundUse, _info: Any) -> money.Money:
        return money.Money(root.amount, root.account.currency)

    def resolve_document_label(root: FundUse, _info: Any) -> str:
        return source_words(root.document_kind)

    def resolve_order_id(root: FundUse, _info: Any) -> str | None:
        return to_global_id("Order", root.order_id) if root.order_id else None

    def resolve_order_number(root: FundUse, _info: Any) -> str | None:
        return root.order.number if root.order else None

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return FundUse.objects.visible_to(actor).select_related("account", "order")
