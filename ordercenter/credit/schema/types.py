"""Types of credit. Figures are read in one statement for all accounts of a page."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.core import money
from marketplace.core.instants import or_none
from marketplace.core.models import ControlMode, DocumentStatus
from marketplace.graphql import (
    Date,
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
from ordercenter.credit.book import ZERO
from ordercenter.credit.enums import (
    AMOUNT_KINDS,
    BUCKETS,
    Bucket,
    Checkpoint,
    CreditAccountStatus,
    CreditLimitKind,
    CreditMode,
    CreditRuleKind,
    ExposureBucket,
    SuspensionCause,
)
from ordercenter.credit.exposure import Exposure
from ordercenter.credit.models import (
    CreditAccount,
    CreditLimit,
    CreditMember,
    CreditMovement,
    CreditRequest,
    CreditRule,
    CreditSettings,
)
from ordercenter.credit.schema.loaders import ExposureOfAccount, LimitsOfAccount, MembersOfAccount

PARTNERSHIP = "marketplace.parties.schema.PartnershipType"
ORGANIZATION = "marketplace.parties.schema.OrganizationType"


def listed(type_: Any, description: str, **options: Any) -> Field:
    """A list that is never null, of things that are not."""
    return Field(graphene.NonNull(graphene.List(graphene.NonNull(type_))), description=description, **options)


def text(description: str) -> Field:
    """A text that is never null."""
    return Field(graphene.String, required=True, description=description)


class CreditSettingsType(ModelType, model=CreditSettings, name="CreditSettings", permission="credit.view"):
    """Whether the organization controls credit, and what new accounts start with."""

    controls = Field(graphene.Boolean, required=True, description="Orders meet the credit rules.")
    horizon_days = Field(graphene.Int, required=True, description="An order that ships later is a later order.")
    count_unapplied = Field(graphene.Boolean, required=True, description="Unapplied cash lowers the exposure.")


class ExposureShareType(graphene.ObjectType):
    """What stands in one bucket."""

    class Meta:
        name = "ExposureShare"

    bucket = Field(enum_of(ExposureBucket), required=True, description="Which bucket.")
    bucket_label = text("Its label in the reader's language.")
    amount = Field(Money, required=True, description="What stands there.")


class CreditExposureType(graphene.ObjectType):
    """What an account may owe, and owes and has promised so far."""

    class Meta:
        name = "CreditExposure"

    buckets = listed(ExposureShareType, "Every bucket, and what of the invoiced is past due.", size=7)
    exposure = Field(Money, required=True, description="Open orders, unbilled and receivable, less unapplied cash.")
    limit = Field(Money, description="What may be owed now; null: no limit.")
    standing_limit = Field(Money, required=True, description="Of that, the standing limit.")
    temporary_limit = Field(Money, required=True, description="Of that, temporary limits in force.")
    limit_changes_on = Field(Date, description="The first day on which a limit in force ends.")
    available = Field(Money, description="The limit less the exposure; below 0 where it is passed; null: no limit.")
    past_due = Field(Money, required=True, description="Invoiced, not paid and overdue.")
    overdue_days = Field(graphene.Int, required=True, description="Days since the oldest due date; 0 for none.")
    overdue_items = Field(graphene.Int, required=True, description="How many items are overdue.")
    used_percent = Field(graphene.Int, description="The exposure in percent of the limit; null without a limit.")

    def resolve_buckets(root: Exposure, _info: Any) -> list[dict[str, Any]]:
        amounts = [(bucket, root.buckets[bucket]) for bucket in BUCKETS]
        amounts.insert(BUCKETS.index(Bucket.RECEIVABLE) + 1, (Bucket.PAST_DUE, root.past_due))
        return [
            {"bucket": bucket, "bucket_label": str(bucket.label), "amount": money.Money(amount, root.currency)}
            for bucket, amount in amounts
        ]

    def resolve_exposure(root: Exposure, _info: Any) -> money.Money:
        return money.Money(root.amount, root.currency)

    def resolve_limit(root: Exposure, _info: Any) -> money.Money | None:
        return None if root.limit is None else money.Money(root.limit, root.currency)

    def resolve_standing_limit(root: Exposure, _info: Any) -> money.Money:
        return money.Money(root.standing_limit, root.currency)

    def resolve_temporary_limit(root: Exposure, _info: Any) -> money.Money:
        return money.Money(root.temporary_limit, root.currency)

    def resolve_available(root: Exposure, _info: Any) -> money.Money | None:
        return None if root.available is None else money.Money(root.available, root.currency)

    def resolve_past_due(root: Exposure, _info: Any) -> money.Money:
        return money.Money(root.past_due, root.currency)

    def resolve_used_percent(root: Exposure, _info: Any) -> int | None:
        return int(max(root.amount, ZERO) * 100 / root.limit) if root.limit else None


class CreditMemberType(ModelType, model=CreditMember, name="CreditMember", permission="credit.view"):
    """A partner that buys under a credit account."""

    partnership = Related(PARTNERSHIP, "partnership", required=True, description="The partner.")


class CreditLimitType(ModelType, model=CreditLimit, name="CreditLimit", permission="credit.view"):
    """How much an account may owe for a time."""

    kind = Field(enum_of(CreditLimitKind), required=True, description="Standing, or beside it for a time.")
    kind_label = label_field("kind")
    amount = Field(Money, required=True, description="How much.")
    valid_from = Field(DateTime, description="From when it holds.")
    valid_to = Field(DateTime, description="Until when; null: for good.")
    in_force = Field(graphene.Boolean, required=True, description="It holds now.")
    reason = text("Why.")

    def resolve_amount(root: CreditLimit, _info: Any) -> money.Money:
        return money.Money(root.amount, root.account.currency)

    def resolve_valid_from(root: CreditLimit, _info: Any) -> Any:
        return or_none(root.valid_from)

    def resolve_valid_to(root: CreditLimit, _info: Any) -> Any:
        return or_none(root.valid_to)

    @classmethod
    def visible(cls, actor: Any) -> Any:
        return limits_visible(actor)


def limits_visible(actor: Any) -> Any:
    """Limits with `in_force` by the database's clock."""
    from ordercenter.credit.schema.loaders import with_in_force

    return with_in_force(CreditLimit.objects.visible_to(actor).select_related("account"))


class CreditAccountType(ModelType, model=CreditAccount, name="CreditAccount", permission="credit.view"):
    """What a buyer, or a group of buyers, may owe a seller."""

    name = text("A name for it; empty: that of its members.")
    seller = Related(ORGANIZATION, "organization", required=True, description="To whom it is owed.")
    currency = text("In which currency.")
    mode = Field(enum_of(CreditMode), required=True, description="Without limit, with one, or prepaid.")
    mode_label = label_field("mode")
    status = Field(enum_of(CreditAccountStatus), required=True, description="Whether it may buy.")
    status_label = label_field("status")
    suspended_by = Field(enum_of(SuspensionCause), required=True, description="Who or what suspended it.")
    suspended_by_label = label_field("suspended_by")
    reason = text("Why it was suspended or resumed.")
    horizon_days = Field(graphene.Int, required=True, description="An order that ships later is a later order.")
    count_unapplied = Field(graphene.Boolean, required=True, description="Unapplied cash lowers the exposure.")
    payment_days = Field(graphene.Int, description="The longest payment term agreed; null: any.")
    exposure = Field(CreditExposureType, required=True, description="Its figures now.")
    members = listed(CreditMemberType, "Who buys under it; a buyer sees itself.", size=5)
    limits = listed(CreditLimitType, "Its limits, those to come and those that ended, latest first.", size=5)

    def resolve_exposure(root: CreditAccount, info: Any) -> Deferred:
        return ExposureOfAccount.of(info).load(root.pk)

    def resolve_members(root: CreditAccount, info: Any) -> Deferred:
        return MembersOfAccount.of(info).load(root.pk)

    def resolve_limits(root: CreditAccount, info: Any) -> Deferred:
        return LimitsOfAccount.of(info).load(root.pk)


class CreditMovementType(ModelType, model=CreditMovement, name="CreditMovement", permission="credit.view"):
    """Value that went from one bucket to another because of a document. Never changed itself."""

    at = Field(DateTime, required=True, description="When.")
    account = Related(CreditAccountType, "account", required=True, description="Of which account.")
    partnership = Related(PARTNERSHIP, "partnership", required=True, description="Whose document it was.")
    source = Field(enum_of(ExposureBucket), required=True, description="Where it came from.")
    source_label = label_field("source")
    target = Field(enum_of(ExposureBucket), required=True, description="Where it went.")
    target_label = label_field("target")
    amount = Field(Money, required=True, description="How much.")
    cause = text("A word for programs: placed, shipped, invoiced, released ...")
    cause_label = text("Why, in the reader's language.")
    document_kind = text("The kind of document behind it.")
    order_id = Field(graphene.ID, description="The global id of the order it is about.")
    due_on = Field(Date, description="Of a later order, the day on which it counts again.")
    made_by = Field(graphene.String, description="Who did it; null for the program.")

    def resolve_amount(root: CreditMovement, _info: Any) -> money.Money:
        return money.Money(getattr(root, "total", root.amount), root.account.currency)

    def resolve_cause_label(root: CreditMovement, _info: Any) -> str:
        from ordercenter.credit.causes import label_of

        return label_of(root.cause)

    def resolve_order_id(root: CreditMovement, _info: Any) -> str | None:
        return to_global_id("Order", root.order_id) if root.order_id else None

    def resolve_made_by(root: CreditMovement, _info: Any) -> str | None:
        return root.made_by.name if root.made_by else None

    @classmethod
    def visible(cls, actor: Any) -> Any:
        return CreditMovement.objects.visible_to(actor).select_related("account", "made_by")


class CreditRuleType(ModelType, model=CreditRule, name="CreditRule", permission="credit.manage"):
    """What stops or marks orders of an audience. Of each kind the most specific rule counts."""

    kind = Field(enum_of(CreditRuleKind), required=True, description="What it looks at.")
    kind_label = label_field("kind")
    mode = Field(enum_of(ControlMode), required=True, description="What it does.")
    mode_label = label_field("mode")
    threshold = Field(Decimal, description="Days or percent that pass; null where the kind has none, or an amount.")
    threshold_amount = Field(Money, description="The amount that passes, for kinds of money.")
    checkpoints = listed(enum_of(Checkpoint), "Where it is asked.")
    checkpoint_labels = listed(graphene.String, "The same in the reader's language.")
    grace_days = Field(graphene.Int, required=True, description="So long a released order is not held by it again.")
    tolerance = Field(Decimal, required=True, description="While it is worth at most so many percent more.")
    is_active = Field(graphene.Boolean, required=True, description="It is asked.")
    level = Field(enum_of(AudienceLevel), required=True, description="How narrow its audience is.")
    level_label = text("The same in the reader's language.")
    partnership = Related(PARTNERSHIP, "partnership", description="For this partner alone.")
    group = Related("marketplace.parties.schema.PartnerGroupType", "group", description="For a group, all below it.")
    grade = Related("marketplace.parties.schema.PartnerGradeType", "grade", description="For a grade.")

    def resolve_threshold(root: CreditRule, _info: Any) -> Any:
        return None if root.kind in AMOUNT_KINDS else root.threshold

    def resolve_threshold_amount(root: CreditRule, _info: Any) -> money.Money | None:
        if root.kind not in AMOUNT_KINDS or root.threshold is None:
            return None
        return money.Money(root.threshold, root.currency)

    def resolve_checkpoint_labels(root: CreditRule, _info: Any) -> list[str]:
        return [str(Checkpoint(point).label) for point in root.checkpoints]

    def resolve_level_label(root: CreditRule, _info: Any) -> str:
        return str(root.level.label)


class CreditRequestType(ModelType, model=CreditRequest, name="CreditRequest", permission="credit.view"):
    """Asks for a limit."""

    account = Related(CreditAccountType, "account", required=True, description="For which account.")
    partnership = Related(PARTNERSHIP, "partnership", required=True, description="For which partner.")
    asked_by_buyer = Field(graphene.Boolean, required=True, description="The buyer asked; the seller decides.")
    kind = Field(enum_of(CreditLimitKind), required=True, description="Standing, or for a time.")
    kind_label = label_field("kind")
    amount = Field(Money, required=True, description="How much; once approved, what was granted.")
    valid_from = Field(DateTime, description="From when; null: from the decision on.")
    valid_to = Field(DateTime, description="Until when; null: for good.")
    reason = text("Why it is asked.")
    status = Field(enum_of(DocumentStatus), required=True, description="Where it stands.")
    status_label = label_field("status")
    answer = text("What was answered.")
    made_by = Field(graphene.String, description="Who asked.")
    created_at = Field(DateTime, required=True, description="When it was written.")
    submitted_at = Field(DateTime, description="When it was handed in.")
    decided_at = Field(DateTime, description="When it was decided.")
    own = Field(graphene.Boolean, required=True, description="The reader's organization asked.")

    def resolve_amount(root: CreditRequest, _info: Any) -> money.Money:
        return money.Money(root.amount, root.account.currency)

    def resolve_valid_from(root: CreditRequest, _info: Any) -> Any:
        return or_none(root.valid_from)

    def resolve_valid_to(root: CreditRequest, _info: Any) -> Any:
        return or_none(root.valid_to)

    def resolve_made_by(root: CreditRequest, _info: Any) -> str | None:
        return root.made_by.name if root.made_by else None

    def resolve_own(root: CreditRequest, info: Any) -> bool:
        return root.asked_by_buyer == (root.organization_id != info.context.actor.organization_id)

    @classmethod
    def visible(cls, actor: Any) -> Any:
        return CreditRequest.objects.visible_to(actor).select_related("account", "made_by")
