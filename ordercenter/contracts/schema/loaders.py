"""What belongs to contracts and quotas, for all of a page at once."""

from __future__ import annotations

from typing import Any

from marketplace.graphql import BatchLoader, grouped
from ordercenter.contracts.models import (
    ContractChange,
    ContractClauseUse,
    ContractLine,
    ContractPayment,
    ContractSignature,
    ContractText,
    IndexValue,
    QuotaMember,
)
from ordercenter.contracts.prices import prices_of, values_of
from ordercenter.contracts.usage import used_of


class LinesOfContract(BatchLoader):
    """Lines by contract, in their order, with what they name."""

    def batch(self, keys: list[int]) -> list[list[ContractLine]]:
        rows = ContractLine.objects.visible_to(self.actor).filter(contract__in=keys).order_by("seq")
        rows = rows.select_related("variant__product", "category", "uom", "contract__buyer")
        return grouped(rows, by="contract_id", keys=keys)


class ClausesOfContract(BatchLoader):
    """Clauses by contract."""

    def batch(self, keys: list[int]) -> list[list[ContractClauseUse]]:
        rows = ContractClauseUse.objects.visible_to(self.actor).filter(contract__in=keys).order_by("position")
        return grouped(rows.select_related("clause"), by="contract_id", keys=keys)


class PaymentsOfContract(BatchLoader):
    """Payment plans by contract."""

    def batch(self, keys: list[int]) -> list[list[ContractPayment]]:
        rows = ContractPayment.objects.visible_to(self.actor).filter(contract__in=keys).order_by("position")
        return grouped(rows.select_related("contract"), by="contract_id", keys=keys)


class ChangesOfContract(BatchLoader):
    """Changes by contract, the latest first."""

    def batch(self, keys: list[int]) -> list[list[ContractChange]]:
        rows = ContractChange.objects.visible_to(self.actor).filter(contract__in=keys).order_by("-seq")
        return grouped(rows, by="contract_id", keys=keys)


class SignaturesOfContract(BatchLoader):
    """Signatures by contract, in the order they were asked for."""

    def batch(self, keys: list[int]) -> list[list[ContractSignature]]:
        rows = ContractSignature.objects.visible_to(self.actor).filter(contract__in=keys).order_by("pk")
        return grouped(rows.select_related("organization", "change"), by="contract_id", keys=keys)


class TextOfChange(BatchLoader):
    """What the document of each change says; empty before it is handed in."""

    def batch(self, keys: list[int]) -> list[list[dict[str, str]]]:
        rows = ContractText.objects.visible_to(self.actor).filter(change__in=keys).order_by("pk").defer("pdf")
        found = {row.change_id: row.body for row in rows}
        return [found.get(key, []) for key in keys]


class PricesOfLine(BatchLoader):
    """Price rows by contract line, with the index values they follow; the parameter is the buyer's zone."""

    def batch(self, keys: list[int]) -> list[tuple[list[Any], Any]]:
        rows = prices_of(keys)
        (zone,) = self.params
        values = values_of((row for own in rows.values() for row in own), str(zone))
        return [(rows.get(key, []), values) for key in keys]


class UsedOfLine(BatchLoader):
    """Usage by contract line and month; who may see it saw the line."""

    def batch(self, keys: list[int]) -> list[list[Any]]:
        return grouped(used_of(keys), by="line_id", keys=keys)


class MembersOfQuota(BatchLoader):
    """Members by quota, the largest share first."""

    def batch(self, keys: list[int]) -> list[list[QuotaMember]]:
        rows = QuotaMember.objects.visible_to(self.actor).filter(quota__in=keys).order_by("-share", "pk")
        rows = rows.select_related("seller", "contract_line__contract", "quota__uom")
        return grouped(rows, by="quota_id", keys=keys)


class ValuesOfIndex(BatchLoader):
    """Values by index, the latest month first, of a month the latest known first."""

    def batch(self, keys: list[int]) -> list[list[IndexValue]]:
        rows = IndexValue.objects.visible_to(self.actor).filter(index__in=keys)
        return grouped(rows.order_by("-month", "-published_at", "-pk"), by="index_id", keys=keys)
