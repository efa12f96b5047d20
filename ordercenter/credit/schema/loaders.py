"""Batch loaders of credit."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.db.models.functions import Now

from marketplace.graphql import BatchLoader, grouped
from ordercenter.credit.exposure import exposures_of
from ordercenter.credit.models import CreditLimit, CreditMember


def with_in_force(rows: QuerySet[CreditLimit]) -> QuerySet[CreditLimit]:
    """Limits with `in_force`, by the database's clock."""
    holds = When(valid_from__lte=Now(), valid_to__gt=Now(), then=Value(True))
    return rows.annotate(in_force=Case(holds, default=Value(False), output_field=BooleanField()))


class ExposureOfAccount(BatchLoader):
    """The figures of accounts that the reader was given."""

    def batch(self, keys: list[int]) -> list[Any]:
        found = exposures_of(keys)
        return [found[key] for key in keys]


class MembersOfAccount(BatchLoader):
    """Members of accounts, as far as the reader may see them."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = CreditMember.objects.visible_to(self.actor).filter(account__in=keys).order_by("pk")
        return grouped(rows, by="account_id", keys=keys)


class LimitsOfAccount(BatchLoader):
    """Limits of accounts, latest first."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        rows = CreditLimit.objects.visible_to(self.actor).filter(account__in=keys).select_related("account")
        return grouped(with_in_force(rows).order_by("-valid_from", "-pk"), by="account_id", keys=keys)
