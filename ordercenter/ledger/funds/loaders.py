"""Batch loaders of fund accounts: one statement for all rows of a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F

from marketplace.core.clock import database_now
from marketplace.core.postgresql.infinity import FOREVER
from marketplace.graphql import BatchLoader, grouped
from ordercenter.ledger.funds.models import FundAccount, FundGrant, FundUseRuleScope

ZERO = Decimal(0)
#: So long before an end people are told of it.
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Usable:
    """What of an account may be used now, and what of that ends first."""

    usable: Decimal = ZERO
    later: Decimal = ZERO
    ends_at: datetime | None = None
    ends: Decimal = ZERO
    ends_soon: bool = False


class UsableOfAccount(BatchLoader):
    """By account: its grants in force, summed."""

    def batch(self, keys: list[int]) -> list[Usable]:
        now = database_now()
        free = FundGrant.objects.visible_to(self.actor).filter(account__in=keys, remaining__gt=F("reserved"))
        lists = grouped(free.order_by("usable_to", "pk"), by="account_id", keys=keys)
        return [usable_of(grants, now) for grants in lists]


def usable_of(grants: list[FundGrant], now: datetime) -> Usable:
    """What grants in the order of their ends give now."""
    live = [grant for grant in grants if grant.valid_from <= now < grant.usable_to]
    later = sum((grant.available for grant in grants if grant.valid_from > now), ZERO)
    ends_at = next((grant.usable_to for grant in live if grant.usable_to != FOREVER), None)
    ends = sum((grant.available for grant in live if grant.usable_to == ends_at), ZERO)
    soon = ends_at is not None and ends_at - now <= SOON
    return Usable(sum((grant.available for grant in live), ZERO), later, ends_at, ends, soon)


class LiveGrantsOfAccount(BatchLoader):
    """By account: grants of which something is left, in the order in which they are taken."""

    def batch(self, keys: list[int]) -> list[list[FundGrant]]:
        rows = FundGrant.objects.visible_to(self.actor).filter(account__in=keys, remaining__gt=0)
        ordered = rows.select_related("use_rule").order_by("usable_to", "valid_from", "pk")
        return grouped(ordered, by="account_id", keys=keys)


class AccountsOfPartnership(BatchLoader):
    """By partnership: its fund accounts, by currency and kind."""

    def batch(self, keys: list[int]) -> list[list[FundAccount]]:
        rows = FundAccount.objects.visible_to(self.actor).filter(partnership__in=keys)
        return grouped(rows.order_by("currency", "kind"), by="partnership_id", keys=keys)


class ScopesOfRule(BatchLoader):
    """By rule: its goods with their names, included ones first."""

    def batch(self, keys: list[int]) -> list[list[FundUseRuleScope]]:
        rows: Any = FundUseRuleScope.objects.filter(rule__in=keys, organization=self.actor.organization_id)
        related = rows.select_related("variant__product", "product", "category", "brand")
        return grouped(related.order_by("excludes", "pk"), by="rule_id", keys=keys)
