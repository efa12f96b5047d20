"""Budgets in the schema."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.core.models import ControlMode, PolicyStatus
from marketplace.graphql import (
    BaseMutation,
    ConnectionField,
    Date,
    DateTime,
    Decimal,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    ModelType,
    Money,
    Related,
    Sort,
    SortKey,
    TextFilter,
    enum_of,
    from_global_id,
    ids_of,
    label_field,
)
from ordercenter.ledger.budgets import BudgetDraft, top_up, transfer, write_budget
from ordercenter.ledger.errors import LedgerErrorCode
from ordercenter.ledger.kinds import LedgerEntryKind
from ordercenter.ledger.models import Budget, BudgetEntry, BudgetKind
from ordercenter.ledger.schema.common import ORGANIZATION, money_field, text

SEE, MANAGE = "budgets.view", "budgets.manage"
THE_ID = graphene.ID(required=True, description="Its id.")


class BudgetType(ModelType, model=Budget, name="Budget", permission=SEE):
    """Money set aside: total = free + reserved + consumed, always."""

    number = text("Its number.")
    name = text("In the reader's language.")
    name_zh = text("In Chinese.")
    name_en = text("In English.")
    kind = Field(enum_of(BudgetKind), required=True, description="Topped up by hand, or following sales.")
    kind_label = label_field("kind")
    status = Field(enum_of(PolicyStatus), required=True, description="Where it stands today.")
    status_label = text("The label of `status`.")
    control = Field(enum_of(ControlMode), required=True, description="What happens when it is passed.")
    control_label = label_field("control")
    begins_on = Field(Date, required=True, description="Its first day.")
    ends_on = Field(Date, required=True, description="Its last day.")
    parent = Related("ordercenter.ledger.schema.BudgetType", "parent", description="The budget above it.")
    depth = Field(graphene.Int, required=True, description="How many stand above it.")
    rollup = Field(graphene.Boolean, required=True, description="What is used below counts here, too.")
    unit = Related("marketplace.parties.schema.UnitType", "unit", description="For this unit.")
    category = Related("marketplace.catalog.schema.CategoryType", "category", description="For goods of this category.")
    partnership = Related("marketplace.parties.schema.PartnershipType", "partnership", description="For this partner.")
    partner = Field(ORGANIZATION, description="That partner.")
    expense_type = text("For this type of expense; empty for any.")
    includes_tax = Field(graphene.Boolean, required=True, description="Its figures include tax.")
    currency = text("ISO 4217 code.")
    total = money_field("total", "All of it.")
    free = money_field("free", "What may still be promised; below 0 where it was passed.")
    reserved = money_field("reserved", "Promised.")
    consumed = money_field("consumed", "Spent.")
    deficit = money_field("deficit", "Of a variable budget: what later growth pays back first.")
    used_percent = Field(graphene.Int, required=True, description="Promised and spent, in percent of all.")

    def resolve_status(root: Any, _info: Any) -> PolicyStatus:
        return root.state(today_of(root.organization))

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(root.state(today_of(root.organization)).label)

    def resolve_depth(root: Any, _info: Any) -> int:
        return len(root.ancestors)

    def resolve_partner(root: Any, _info: Any) -> Any:
        return root.partnership.downstream if root.partnership else None

    def resolve_used_percent(root: Any, _info: Any) -> int:
        used = root.reserved + root.consumed
        return int(used * 100 / root.total) if root.total else (100 if used else 0)

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return Budget.objects.visible_to(actor).select_related("partnership__downstream", "partnership__upstream")


class BudgetEntryType(ModelType, model=BudgetEntry, name="BudgetEntry", permission=SEE):
    """Why a budget's figures moved."""

    at = Field(DateTime, required=True, description="When.")
    by = text("Who.")
    kind = Field(enum_of(LedgerEntryKind), required=True, description="What happened.")
    kind_label = label_field("kind")
    budget = Related(BudgetType, "budget", required=True, description="Which budget.")
    origin = Related(BudgetType, "origin", required=True, description="The budget the document named, itself or below.")
    other = Related(BudgetType, "other", description="The other budget of a transfer.")
    amount = Field(Money, required=True, description="So much.")
    total = Field(Money, required=True, description="What it changed of the total.")
    reserved = Field(Money, required=True, description="What it changed of what is promised.")
    consumed = Field(Money, required=True, description="What it changed of what is spent.")
    document_number = text("The number of the document.")
    note = text("A remark.")

    def resolve_by(root: Any, _info: Any) -> str:
        return root.by.name if root.by else _("System")

    def resolve_amount(root: Any, _info: Any) -> money.Money:
        return money.Money(root.amount, root.budget.currency)

    def resolve_total(root: Any, _info: Any) -> money.Money:
        return money.Money(root.total, root.budget.currency)

    def resolve_reserved(root: Any, _info: Any) -> money.Money:
        return money.Money(root.reserved, root.budget.currency)

    def resolve_consumed(root: Any, _info: Any) -> money.Money:
        return money.Money(root.consumed, root.budget.currency)

    @classmethod
    def visible(cls, actor: Actor) -> Any:
        return BudgetEntry.objects.visible_to(actor).select_related("budget", "origin", "other", "by")


class BudgetFilter(FilterInput):
    """Narrows budgets."""

    text = TextFilter(lookups=("number", "name_zh", "name_en", "expense_type"), description="Part of number or name.")
    control = ListFilter(enum_of(ControlMode), lookup="control", description="That do this when passed.")
    kind = ListFilter(enum_of(BudgetKind), lookup="kind", description="Of these kinds.")
    parent = IdFilter("Budget", lookup="parent", description="Directly below these.")
    unit = IdFilter("Unit", lookup="unit", description="For these units.")
    partnership = IdFilter("Partnership", lookup="partnership", description="For these partners.")
    current = Filter(graphene.Boolean, description="In effect today.")
    passed = Filter(graphene.Boolean, description="With more promised and spent than there is.")

    @staticmethod
    def filter_current(queryset: Any, value: bool, info: Any) -> Any:
        today = today_of(info.context.actor.organization)
        now = {"status": PolicyStatus.EFFECTIVE, "begins_on__lte": today, "ends_on__gte": today}
        return queryset.filter(**now) if value else queryset.exclude(**now)

    @staticmethod
    def filter_passed(queryset: Any, value: bool, info: Any) -> Any:
        return queryset.filter(free__lt=0) if value else queryset.filter(free__gte=0)


class BudgetSort(Sort, default="-NUMBER"):
    """Keys that budgets are sorted by."""

    NUMBER = SortKey.of("number", description="Its number.")
    BEGINS_ON = SortKey.of("begins_on", description="Its first day.")
    TOTAL = SortKey.of("total", description="All of it.")
    FREE = SortKey.of("free", description="What is left.")


class BudgetEntryFilter(FilterInput):
    """Narrows entries of budgets."""

    budget = IdFilter("Budget", lookup="budget", description="Of these budgets.")
    kind = ListFilter(enum_of(LedgerEntryKind), lookup="kind", description="Of these kinds.")


class BudgetEntrySort(Sort, default="-AT"):
    """Keys that entries of budgets are sorted by."""

    AT = SortKey.of(description="The order in which they were written.")


class BudgetWritable(TextChoices):
    """States that a person sets; scheduled and expired follow from the period."""

    DRAFT = "draft", PolicyStatus.DRAFT.label
    EFFECTIVE = "effective", PolicyStatus.EFFECTIVE.label
    PAUSED = "paused", PolicyStatus.PAUSED.label
    VOIDED = "voided", PolicyStatus.VOIDED.label


class BudgetInput(graphene.InputObjectType):
    """A budget. What it holds is given once; later it is topped up or moved."""

    name_zh = graphene.String(description="Its name in Chinese.")
    name_en = graphene.String(description="Its name in English; one of the two is needed.")
    begins_on = Date(required=True, description="Its first day.")
    ends_on = Date(required=True, description="Its last day.")
    currency = graphene.String(description="ISO 4217 code; yours unless told. Stays.")
    total = Decimal(description="What a new one holds.")
    kind = graphene.Field(enum_of(BudgetKind), description="Fixed unless told.")
    control = graphene.Field(enum_of(ControlMode), description="What happens when it is passed; it blocks unless told.")
    status = graphene.Field(enum_of(BudgetWritable), description="In effect unless told.")
    parent = graphene.ID(description="The budget above it.")
    rollup = graphene.Boolean(description="What is used below counts here, too.")
    unit = graphene.ID(description="For this unit.")
    category = graphene.ID(description="For goods of this category.")
    partnership = graphene.ID(description="For this partner.")
    expense_type = graphene.String(description="For this type of expense.")
    includes_tax = graphene.Boolean(description="Its figures include tax; they do unless told.")

    def to_draft(self) -> BudgetDraft:
        types = {"parent": "Budget", "unit": "Unit", "category": "Category", "partnership": "Partnership"}
        ids: dict[str, Any] = {
            f"{n}_id": from_global_id(self[n], kind, n) if self.get(n) else None for n, kind in types.items()
        }
        known: dict[str, Any] = {
            name: str(self[name]) for name in ("kind", "control", "status", "currency") if self.get(name)
        }
        return BudgetDraft(
            self.get("name_zh") or "",
            self.get("name_en") or "",
            self["begins_on"],
            self["ends_on"],
            total=self.get("total") or money.Decimal(0),
            rollup=bool(self.get("rollup")),
            expense_type=self.get("expense_type") or "",
            includes_tax=self.get("includes_tax") is not False,
            **known,
            **ids,
        )


class BudgetWrite(BaseMutation, permission=MANAGE, codes=LedgerErrorCode, atomic=False):
    """Make a budget, or change one."""

    class Arguments:
        id = graphene.ID(description="The one to change; a new one unless told.")
        input = BudgetInput(required=True, description="The budget.")

    budget = Field(BudgetType, description="The budget.")

    @classmethod
    def perform(cls, actor: Actor, input: Any, id: str | None = None) -> Self:
        return cls(budget=write_budget(actor, input.to_draft(), from_global_id(id, "Budget") if id else None))


class BudgetTopUp(BaseMutation, permission=MANAGE, codes=LedgerErrorCode, atomic=False):
    """Raise what a budget holds, or lower it by an amount below 0."""

    class Arguments:
        id = THE_ID
        amount = Decimal(required=True, description="So much more, or less.")
        note = graphene.String(description="Why.")

    budget = Field(BudgetType, description="The budget.")

    @classmethod
    def perform(cls, actor: Actor, id: str, amount: Any, note: str | None = None) -> Self:
        return cls(budget=top_up(actor, from_global_id(id, "Budget"), amount, (note or "")[:255]))


class BudgetTransfer(BaseMutation, permission=MANAGE, codes=LedgerErrorCode, atomic=False):
    """Move free money to another budget."""

    class Arguments:
        id = THE_ID
        target = graphene.ID(required=True, description="Where it goes.")
        amount = Decimal(required=True, description="So much.")
        note = graphene.String(description="Why.")

    budget = Field(BudgetType, description="The budget it came from.")
    target = Field(BudgetType, description="The budget it went to.")

    @classmethod
    def perform(cls, actor: Actor, id: str, target: str, amount: Any, note: str | None = None) -> Self:
        ids = from_global_id(id, "Budget"), from_global_id(target, "Budget", "target")
        source, goal = transfer(actor, *ids, amount, (note or "")[:255])
        return cls(budget=source, target=goal)


class BudgetQueries:
    """What can be read of budgets."""

    budget = Field(BudgetType, id=THE_ID, description="One budget.")
    budgets = ConnectionField(
        BudgetType, filter=BudgetFilter, sort=BudgetSort, permission=SEE, description="Your budgets."
    )
    budget_entries = ConnectionField(
        BudgetEntryType,
        filter=BudgetEntryFilter,
        sort=BudgetEntrySort,
        permission=SEE,
        budget=graphene.ID(description="Of this budget."),
        description="Why your budgets moved.",
    )

    def resolve_budget_entries(root: Any, info: Any, budget: str | None = None) -> Any:
        rows = BudgetEntryType.visible(info.context.actor)
        return rows if budget is None else rows.filter(budget__in=ids_of([budget], "Budget", "budget"))

    def resolve_budget(root: Any, info: Any, id: str) -> Any:
        return BudgetType.by_id(info, id)


class BudgetMutations:
    """What can be done with budgets."""

    budget_write = BudgetWrite.Field()
    budget_top_up = BudgetTopUp.Field()
    budget_transfer = BudgetTransfer.Field()
