"""Batch loaders of rebates."""

from __future__ import annotations

from typing import Any

from marketplace.graphql import BatchLoader, grouped
from ordercenter.ledger.funds.models import FundUseRule
from ordercenter.orders.models import Order
from ordercenter.rebates.models import (
    RebateBaseline,
    RebateBeneficiary,
    RebateLine,
    RebatePolicy,
    RebateScope,
    RebateSettlementLine,
    RebateTarget,
)
from ordercenter.rebates.positions import PositionKey
from ordercenter.rebates.progress import Progress, progress_at


class LinesOfPolicy(BatchLoader):
    """Tier tables of policies the actor sees, with their bands."""

    def batch(self, keys: list[int]) -> list[list[RebateLine]]:
        seen = RebatePolicy.objects.visible_to(self.actor).filter(pk__in=keys).values("pk")
        rows = RebateLine.objects.filter(policy__in=seen).select_related("policy", "uom").order_by("position")
        return grouped(rows.prefetch_related("tiers"), by="policy_id", keys=keys)


class BeneficiariesOfPolicy(BatchLoader):
    """Whom one's own policies are for: nobody else is told."""

    def batch(self, keys: list[int]) -> list[list[RebateBeneficiary]]:
        rows = RebateBeneficiary.objects.visible_to(self.actor).filter(policy__in=keys).order_by("pk")
        rows = rows.select_related("partnership__downstream", "group", "grade")
        return grouped(rows, by="policy_id", keys=keys)


class ScopesOfPolicy(BatchLoader):
    """Goods that count, of policies the actor sees."""

    def batch(self, keys: list[int]) -> list[list[RebateScope]]:
        seen = RebatePolicy.objects.visible_to(self.actor).filter(pk__in=keys).values("pk")
        rows = RebateScope.objects.filter(policy__in=seen).order_by("pk")
        return grouped(rows.select_related("variant__product", "product", "category", "brand"), "policy_id", keys)


class DeductsOfPolicy(BatchLoader):
    """Earlier policies that one's own deduct."""

    def batch(self, keys: list[int]) -> list[list[RebatePolicy]]:
        rows = RebatePolicy.objects.visible_to(self.actor).filter(organization=self.actor.organization_id)
        found: dict[int, list[RebatePolicy]] = {key: [] for key in keys}
        links = RebatePolicy.deducts.through.objects.filter(from_rebatepolicy__in=keys)
        pairs = list(links.values_list("from_rebatepolicy_id", "to_rebatepolicy_id"))
        by_id = rows.in_bulk([other for _one, other in pairs])
        for one, other in pairs:
            if other in by_id and one in found:
                found[one].append(by_id[other])
        return [sorted(found[key], key=lambda row: (row.sequence, row.pk)) for key in keys]


class FiguresOfPolicy(BatchLoader):
    """Baselines or targets of one's own policies, as `params` say."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        model = RebateBaseline if self.params[0] == "baselines" else RebateTarget
        rows = model.objects.visible_to(self.actor).filter(line__policy__in=keys)
        rows = rows.select_related("line__policy", "partnership__downstream")
        found: dict[int, list[Any]] = {key: [] for key in keys}
        for row in rows.order_by("period_from", "partnership_id", "line_id", "carve_out"):
            found[row.line.policy_id].append(row)
        return [found[key] for key in keys]


class LinesOfSettlement(BatchLoader):
    """Lines of settlements, with their positions."""

    def batch(self, keys: list[int]) -> list[list[RebateSettlementLine]]:
        rows = RebateSettlementLine.objects.filter(settlement__in=keys).order_by("position__period_from", "pk")
        return grouped(rows.select_related("position__line__policy"), by="settlement_id", keys=keys)


class ProgressOf(BatchLoader):
    """How positions stand; keys are `PositionKey`s of positions the actor sees."""

    def batch(self, keys: list[PositionKey]) -> list[Progress | None]:
        found = progress_at(keys)
        return [found.get((key.line_id, key.partnership_id or 0, key.start)) for key in keys]


class SourceNumbers(BatchLoader):
    """Numbers of orders, by order id: those behind accruals that the actor sees."""

    def batch(self, keys: list[int]) -> list[str | None]:
        numbers = dict(Order.objects.visible_to(self.actor).filter(pk__in=keys).values_list("pk", "number"))
        return [numbers.get(key) for key in keys]


class UseRuleNames(BatchLoader):
    """Names of one's own use rules."""

    def batch(self, keys: list[int]) -> list[str | None]:
        rows = {row.pk: row.name for row in FundUseRule.objects.visible_to(self.actor).filter(pk__in=keys)}
        return [rows.get(key) for key in keys]
