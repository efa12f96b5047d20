"""Queries of rebates."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import F, Q, QuerySet, TextChoices
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import DomainError
from marketplace.core.models import PolicyStatus
from marketplace.graphql import (
    ConnectionField,
    Date,
    DateRange,
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
    label_field,
    to_global_id,
)
from marketplace.parties.schema.types import listed, text
from ordercenter.ledger.funds.models import FundUseRule
from ordercenter.rebates.drafts import USED_AS
from ordercenter.rebates.enums import AccrualCause, RebateBasis, RebatePeriod, RebateSettlementStatus
from ordercenter.rebates.schema.papers import RebateSettlementType, RebateSimulationType
from ordercenter.rebates.schema.types import (
    MANAGE,
    VIEW,
    RebateAccrualType,
    RebatePolicyType,
    RebatePositionType,
)


class RebateUseRuleType(graphene.ObjectType):
    """A use rule that a rebate may be granted under."""

    class Meta:
        name = "RebateUseRule"

    id = Field(graphene.ID, required=True, description="Its id.")
    name = text("Its name in the reader's language.")
    kind_label = label_field("kind")

    def resolve_id(root: Any, _info: Any) -> str:
        return to_global_id("FundUseRule", root.pk)


THE_ID = graphene.ID(required=True, description="Its id.")

SHOWN = {
    PolicyStatus.SCHEDULED: Q(status=PolicyStatus.EFFECTIVE, valid_from__gt=Now()),
    PolicyStatus.EFFECTIVE: Q(status=PolicyStatus.EFFECTIVE, valid_from__lte=Now(), valid_to__gt=Now()),
    PolicyStatus.EXPIRED: Q(status=PolicyStatus.EFFECTIVE, valid_to__lte=Now()),
}


class RebateOpen(TextChoices):
    """What is still to be done with a position."""

    OPEN = "open", _("To be settled")
    DEBT = "debt", _("Paid too much")
    SETTLED = "settled", _("Settled")


def of_object(rows: QuerySet[Any], gid: str, type_: str, lookup: str) -> QuerySet[Any]:
    """The rows of one object; none for an id that is none."""
    try:
        return rows.filter(**{lookup: from_global_id(gid, type_)})
    except DomainError:
        return rows.none()


class RebatePolicyFilter(FilterInput):
    """Narrows rebate policies."""

    status = ListFilter(enum_of(PolicyStatus), description="Standing so now.")
    period = ListFilter(enum_of(RebatePeriod), lookup="period", description="Of any of these periods.")
    basis = ListFilter(enum_of(RebateBasis), lookup="basis", description="Counting any of these documents.")
    search = Filter(graphene.String, description="Words of the code or the name.")

    @staticmethod
    def filter_status(rows: QuerySet[Any], value: list[PolicyStatus], _info: Any) -> QuerySet[Any]:
        wanted = Q(pk__in=[])
        for status in value:
            wanted |= SHOWN.get(PolicyStatus(status), Q(status=PolicyStatus(status)))
        return rows.filter(wanted)

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        text = value.strip()
        return rows.filter(Q(code__icontains=text) | Q(name_zh__icontains=text) | Q(name_en__icontains=text))


class RebatePolicySort(Sort, default="CODE"):
    """Keys that rebate policies are sorted by."""

    CODE = SortKey.of("code", description="The code.")
    SEQUENCE = SortKey.of("sequence", description="Their place among overlapping ones.")
    UPDATED = SortKey.of("updated_at", description="When they were last changed.")


class RebatePositionFilter(FilterInput):
    """Narrows rebate positions."""

    policy = Filter(graphene.ID, description="Of this policy.")
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these partners.")
    open = ListFilter(enum_of(RebateOpen), description="With so much left to do.")
    day = Filter(Date, description="Of periods that hold this day.")
    period_from = RangeFilter(DateRange, lookup="period_from", description="Of periods that begin in this time.")
    search = Filter(graphene.String, description="Words of the partner's name, or of the policy's code or name.")

    @staticmethod
    def filter_policy(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return of_object(rows, value, "RebatePolicy", "line__policy")

    @staticmethod
    def filter_open(rows: QuerySet[Any], value: list[RebateOpen], _info: Any) -> QuerySet[Any]:
        conditions = {
            RebateOpen.OPEN: Q(accrued__gt=F("settled")),
            RebateOpen.DEBT: Q(accrued__lt=F("settled")),
            RebateOpen.SETTLED: Q(accrued=F("settled")),
        }
        wanted = Q(pk__in=[])
        for one in value:
            wanted |= conditions[RebateOpen(one)]
        return rows.filter(wanted)

    @staticmethod
    def filter_day(rows: QuerySet[Any], value: Any, _info: Any) -> QuerySet[Any]:
        return rows.filter(period_from__lte=value, period_to__gt=value)

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        text = value.strip()
        found = Q(line__policy__code__icontains=text)
        for path in ("buyer", "line__policy"):
            found |= Q(**{f"{path}__name_zh__icontains": text}) | Q(**{f"{path}__name_en__icontains": text})
        return rows.filter(found | Q(buyer__name__icontains=text))


class RebatePositionSort(Sort, default="-PERIOD"):
    """Keys that rebate positions are sorted by."""

    PERIOD = SortKey.of("period_from", description="The first day of the period.")
    BASIS = SortKey.of("basis_amount", description="The amount that counts.")
    ACCRUED = SortKey.of("accrued", description="What has been earned.")
    PARTNER = SortKey.of("buyer__name", description="The partner's name.")


class RebateAccrualFilter(FilterInput):
    """Narrows rebate accruals."""

    position = Filter(graphene.ID, description="Of this position.")
    cause = ListFilter(enum_of(AccrualCause), lookup="cause", description="For any of these causes.")
    occurred_on = RangeFilter(DateRange, lookup="occurred_on", description="Of sources of this time.")

    @staticmethod
    def filter_position(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return of_object(rows, value, "RebatePosition", "position")


class RebateAccrualSort(Sort, default="-POSTED"):
    """Keys that rebate accruals are sorted by."""

    POSTED = SortKey.of("id", description="When they were written.")
    DAY = SortKey.of("occurred_on", description="The day of the source.")


class RebateSettlementFilter(FilterInput):
    """Narrows rebate settlements."""

    policy = Filter(graphene.ID, description="Of this policy.")
    partnership = IdFilter("Partnership", lookup="partnership", description="Of these partners.")
    status = ListFilter(enum_of(RebateSettlementStatus), lookup="status", description="In any of these states.")
    bought = Filter(graphene.Boolean, description="Those in which you are paid.")
    search = Filter(graphene.String, description="The number from its beginning, or words of the partner's name.")

    @staticmethod
    def filter_policy(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return of_object(rows, value, "RebatePolicy", "policy")

    @staticmethod
    def filter_bought(rows: QuerySet[Any], value: bool, info: Any) -> QuerySet[Any]:
        actor = info.context.actor
        mine = Q(buyer=actor.on_behalf_of.pk if actor.on_behalf_of else actor.organization_id)
        return rows.filter(mine if value else ~mine)

    @staticmethod
    def filter_search(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        text = value.strip()
        names = Q(buyer__name__icontains=text) | Q(buyer__name_zh__icontains=text) | Q(buyer__name_en__icontains=text)
        return rows.filter(Q(number__istartswith=text) | names)


class RebateSettlementSort(Sort, default="-CREATED"):
    """Keys that rebate settlements are sorted by."""

    CREATED = SortKey.of("id", description="When they were proposed.")
    NUMBER = SortKey.of("number", description="The number.")
    TOTAL = SortKey.of("total", description="What is paid.")


class RebateSimulationSort(Sort, default="-CREATED"):
    """Keys that simulations are sorted by."""

    CREATED = SortKey.of("id", description="When they were started.")


class RebateSimulationFilter(FilterInput):
    """Narrows simulations."""

    policy = Filter(graphene.ID, description="Of this policy.")

    @staticmethod
    def filter_policy(rows: QuerySet[Any], value: str, _info: Any) -> QuerySet[Any]:
        return of_object(rows, value, "RebatePolicy", "policy")


class RebateQueries:
    """Mounted by the package."""

    rebate_policy = Field(RebatePolicyType, id=THE_ID, permission=VIEW, description="One rebate policy.")
    rebate_policies = ConnectionField(
        RebatePolicyType,
        filter=RebatePolicyFilter,
        sort=RebatePolicySort,
        permission=VIEW,
        description="Rebate policies you grant, and those under which you have earned.",
    )
    rebate_positions = ConnectionField(
        RebatePositionType,
        filter=RebatePositionFilter,
        sort=RebatePositionSort,
        permission=VIEW,
        description="What partners have earned, by policy and period.",
    )
    rebate_position = Field(RebatePositionType, id=THE_ID, permission=VIEW, description="One position.")
    rebate_accruals = ConnectionField(
        RebateAccrualType,
        filter=RebateAccrualFilter,
        sort=RebateAccrualSort,
        permission=VIEW,
        description="The steps behind positions.",
    )
    rebate_settlement = Field(RebateSettlementType, id=THE_ID, permission=VIEW, description="One settlement.")
    rebate_settlements = ConnectionField(
        RebateSettlementType,
        filter=RebateSettlementFilter,
        sort=RebateSettlementSort,
        permission=VIEW,
        description="Settlements you pay, and those you are paid from their approval on.",
    )
    rebate_simulation = Field(RebateSimulationType, id=THE_ID, permission=MANAGE, description="One simulation.")
    rebate_simulations = ConnectionField(
        RebateSimulationType,
        filter=RebateSimulationFilter,
        sort=RebateSimulationSort,
        permission=MANAGE,
        description="What policies would have given.",
    )

    rebate_use_rules = listed(
        RebateUseRuleType,
        "Use rules of yours that what a policy pays may be granted under.",
        size=20,
        permission=MANAGE,
    )

    def resolve_rebate_use_rules(root: Any, info: Any) -> Any:
        rules = FundUseRule.objects.visible_to(info.context.actor).filter(is_active=True, kind__in=USED_AS.values())
        return rules.order_by("kind", "priority", "pk")[:100]

    def resolve_rebate_policy(root: Any, info: Any, id: str) -> Any:
        return RebatePolicyType.by_id(info, id)

    def resolve_rebate_policies(root: Any, info: Any) -> Any:
        return RebatePolicyType.visible(info.context.actor)

    def resolve_rebate_position(root: Any, info: Any, id: str) -> Any:
        return RebatePositionType.by_id(info, id)

    def resolve_rebate_positions(root: Any, info: Any) -> Any:
        return RebatePositionType.visible(info.context.actor)

    def resolve_rebate_accruals(root: Any, info: Any) -> Any:
        return RebateAccrualType.visible(info.context.actor)

    def resolve_rebate_settlement(root: Any, info: Any, id: str) -> Any:
        return RebateSettlementType.by_id(info, id)

    def resolve_rebate_settlements(root: Any, info: Any) -> Any:
        return RebateSettlementType.visible(info.context.actor)

    def resolve_rebate_simulation(root: Any, info: Any, id: str) -> Any:
        return RebateSimulationType.by_id(info, id)

    def resolve_rebate_simulations(root: Any, info: Any) -> Any:
        return RebateSimulationType.visible(info.context.actor)
