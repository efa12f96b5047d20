"""Documents of funds, use rules and settings in the schema."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.core.instants import or_none
from marketplace.graphql import (
    DateTime,
    Decimal,
    Deferred,
    Field,
    ModelType,
    Money,
    Related,
    enum_of,
    label_field,
    to_global_id,
)
from marketplace.parties.audience import AudienceLevel
from ordercenter.ledger.funds.kinds import FundCause, FundDocumentStatus, FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.loaders import ScopesOfRule
from ordercenter.ledger.funds.models import (
    FundAdjustment,
    FundSettings,
    FundTopUp,
    FundTransfer,
    FundUseRule,
    FundUseRuleScope,
)
from ordercenter.ledger.funds.schema.common import ORGANIZATION, PARTNERSHIP, listed, money_of, text
from ordercenter.ledger.funds.schema.types import VIEW
from ordercenter.ledger.funds.words import goods_words

GOODS = {"variant": "Variant", "product": "Product", "category": "Category", "brand": "Brand"}


class FundTopUpType(ModelType, model=FundTopUp, name="FundTopUp", permission=VIEW):
    """An amount that a seller puts into a buyer's fund account."""

    number = text("The seller's number.")
    partnership = Related(PARTNERSHIP, "partnership", required=True, description="Of which trade.")
    seller = Related(ORGANIZATION, "seller", required=True, description="Who gives it.")
    buyer = Related(ORGANIZATION, "buyer", required=True, description="Who gets it.")
    kind = Field(enum_of(FundKind), required=True, description="Into which account.")
    kind_label = label_field("kind")
    amount = money_of("amount", "How much.")
    valid_from = Field(DateTime, description="From when it may be used; null: at once.")
    valid_to = Field(DateTime, description="Until when it may be used; null: ever.")
    use_rule = Related(
        "ordercenter.ledger.funds.schema.documents.FundUseRuleType",
        "use_rule",
        description="The rule that alone uses it.",
    )
    reference = text("The payment or the promise behind it.")
    note = text("A note.")
    status = Field(enum_of(FundDocumentStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    created_by = Field(graphene.String, description="Who wrote it; null for the program.")
    created_at = Field(DateTime, required=True, description="When it was written.")
    posted_at = Field(DateTime, description="When it was posted.")

    def resolve_valid_from(root: FundTopUp, _info: Any) -> Any:
        return or_none(root.valid_from)

    def resolve_valid_to(root: FundTopUp, _info: Any) -> Any:
        return or_none(root.valid_to)

    def resolve_created_by(root: FundTopUp, _info: Any) -> str | None:
        return root.created_by.name if root.created_by else None

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return FundTopUp.objects.visible_to(actor).select_related("created_by")


class FundTransferType(ModelType, model=FundTransfer, name="FundTransfer", permission="funds.manage"):
    """Funds moved from one account of the organization's partners to another."""

    number = text("Its number.")
    source = Related(PARTNERSHIP, "source", required=True, description="From whom.")
    source_kind = Field(enum_of(FundKind), required=True, description="From which account.")
    source_kind_label = label_field("source_kind")
    target = Related(PARTNERSHIP, "target", required=True, description="To whom.")
    target_kind = Field(enum_of(FundKind), required=True, description="Into which account.")
    target_kind_label = label_field("target_kind")
    amount = money_of("amount", "How much.")
    note = text("A note.")
    status = Field(enum_of(FundDocumentStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    created_by = Field(graphene.String, description="Who wrote it; null for the program.")
    created_at = Field(DateTime, required=True, description="When it was written.")
    posted_at = Field(DateTime, description="When it was posted.")

    def resolve_created_by(root: FundTransfer, _info: Any) -> str | None:
        return root.created_by.name if root.created_by else None

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return FundTransfer.objects.visible_to(actor).select_related("created_by")


class FundAdjustmentType(ModelType, model=FundAdjustment, name="FundAdjustment", permission=VIEW):
    """A fund account set right by hand, or money of it paid out."""

    number = text("The seller's number.")
    partnership = Related(PARTNERSHIP, "partnership", required=True, description="Of which trade.")
    cause = Field(enum_of(FundCause), required=True, description="Set right, or paid out.")
    cause_label = label_field("cause")
    kind = Field(enum_of(FundKind), required=True, description="Which account.")
    kind_label = label_field("kind")
    amount = Field(Money, required=True, description="What came in, or below 0 went out.")
    reason = text("Why.")
    created_by = Field(graphene.String, description="Who wrote it; null for the program.")
    created_at = Field(DateTime, required=True, description="When it was written.")

    def resolve_amount(root: FundAdjustment, _info: Any) -> money.Money:
        return money.Money(root.amount, root.currency)

    def resolve_created_by(root: FundAdjustment, _info: Any) -> str | None:
        return root.created_by.name if root.created_by else None

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return FundAdjustment.objects.visible_to(actor).select_related("created_by")


class FundUseRuleGoodsType(graphene.ObjectType):
    """Goods that a use rule names."""

    class Meta:
        name = "FundUseRuleGoods"

    excludes = Field(graphene.Boolean, required=True, description="They are left out.")
    kind = text("What is named: `variant`, `product`, `category`, `brand`, or `all`.")
    goods_id = Field(graphene.ID, description="Its global id; null for all goods.")
    name = text("Its name.")

    def resolve_kind(root: FundUseRuleScope, _info: Any) -> str:
        return root.scope.level.value

    def resolve_goods_id(root: FundUseRuleScope, _info: Any) -> str | None:
        named = {name: key for name in GOODS if (key := getattr(root, f"{name}_id"))}
        return next((to_global_id(GOODS[name], key) for name, key in named.items()), None)

    def resolve_name(root: FundUseRuleScope, _info: Any) -> str:
        return goods_words(root)


class FundUseRuleType(ModelType, model=FundUseRule, name="FundUseRule", permission="funds.rules"):
    """How buyers of an audience may use a kind of fund. Of each kind the rules of the narrowest audience hold."""

    name = text("Its name in the reader's language.")
    name_zh = text("Its name in Chinese.")
    name_en = text("Its name in English.")
    kind = Field(enum_of(FundKind), required=True, description="Which account it is about.")
    kind_label = label_field("kind")
    mode = Field(enum_of(FundMode), required=True, description="By itself, when asked, or not at all.")
    mode_label = label_field("mode")
    treatment = Field(enum_of(FundTreatment), required=True, description="How it counts on the order.")
    treatment_label = label_field("treatment")
    priority = Field(graphene.Int, required=True, description="Lower ones are used first.")
    max_percent = Field(Decimal, required=True, description="The most of the goods' value it may pay, in percent.")
    min_order = Field(Decimal, required=True, description="It pays documents of at least so much.")
    currency = text("It is for documents in this currency; empty: in any.")
    with_promotions = Field(graphene.Boolean, required=True, description="It pays lines that have promotions, too.")
    is_active = Field(graphene.Boolean, required=True, description="It is used.")
    level = Field(enum_of(AudienceLevel), required=True, description="How narrow its audience is.")
    level_label = text("The same in the reader's language.")
    partnership = Related(PARTNERSHIP, "partnership", description="For this partner alone.")
    group = Related("marketplace.parties.schema.PartnerGroupType", "group", description="For a group, all below it.")
    grade = Related("marketplace.parties.schema.PartnerGradeType", "grade", description="For a grade.")
    goods = listed(FundUseRuleGoodsType, "Goods it names; none: all goods.", size=5)

    def resolve_level_label(root: FundUseRule, _info: Any) -> str:
        return str(root.level.label)

    def resolve_goods(root: FundUseRule, info: Any) -> Deferred:
        return ScopesOfRule.of(info).load(root.pk)


class FundSettingsType(ModelType, model=FundSettings, name="FundSettings", permission="funds.rules"):
    """What a seller has settled for all of its fund accounts."""

    restore_days = Field(
        graphene.Int, required=True, description="So many days what comes back to an ended grant may be used."
    )
    notice_days = Field(
        graphene.Int,
        required=True,
        description="So many days before its end a buyer is told of a balance; 0: not at all.",
    )
    interest_percent = Field(Decimal, description="What prepaid cash earns in a year, in percent; null: nothing.")
