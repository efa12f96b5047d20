"""Queries of contracts, sources and quotas."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

import graphene
from django.db.models import Q, QuerySet

from marketplace.catalog.models import Variant
from marketplace.core.clock import today_of
from marketplace.core.errors import DomainError
from marketplace.graphql import (
    ConnectionField,
    Date,
    DateRange,
    Decimal,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    Json,
    ListFilter,
    Quantity,
    RangeFilter,
    Sort,
    SortKey,
    TextFilter,
    enum_of,
    from_global_id,
    to_global_id,
)
from marketplace.parties.schema.types import listed
from ordercenter.contracts.enums import ClauseClass, ContractKind, ContractSignatureStatus, ContractStatus, SourceUse
from ordercenter.contracts.evidence import signatures_of
from ordercenter.contracts.models import (
    Contract,
    ContractChange,
    ContractClause,
    ContractLine,
    ContractSignature,
    ContractText,
    QuotaMember,
    SourceList,
    SourceQuota,
)
from ordercenter.contracts.prices import price_on, prices_of, values_of
from ordercenter.contracts.problems import LAST_YEAR
from ordercenter.contracts.quotas import quota_assign
from ordercenter.contracts.render import body_of
from ordercenter.contracts.schema.library_types import VIEW, ContractClauseType, ContractTemplateType, ContractTypeType
from ordercenter.contracts.schema.line_types import ContractUsageType
from ordercenter.contracts.schema.source_types import (
    SOURCES,
    PriceIndexType,
    QuotaSimulationType,
    SourceListType,
    SourceQuotaType,
)
from ordercenter.contracts.schema.types import (
    ContractChangeType,
    ContractNode,
    ContractSectionType,
    ContractSignatureType,
)
from ordercenter.contracts.sign import intent_of, needs_code
from ordercenter.contracts.usage import used_of

THE_CONTRACT = graphene.ID(required=True, description="The contract.")


class ContractFilter(FilterInput):
    """Narrows contracts."""

    status = ListFilter(enum_of(ContractStatus), lookup="status", description="In any of these states.")
    kind = ListFilter(enum_of(ContractKind), lookup="kind", description="Of any of these kinds.")
    seller = IdFilter("Organization", lookup="seller", description="Sold by these.")
    buyer = IdFilter("Organization", lookup="buyer", description="Bought by these.")
    ends_on = RangeFilter(DateRange, lookup="ends_on", description="That end in these days.")
    text = TextFilter(lookups=("number", "title"), description="Words of the number or the title.")
    kept = Filter(graphene.Boolean, description="That your organization keeps, or does not.")
    to_sign = Filter(graphene.Boolean, description="That wait for a signature of your organization.")

    @staticmethod
    def filter_kept(rows: QuerySet[Contract], value: bool, info: Any) -> QuerySet[Contract]:
        own = info.context.actor.organization_id
        return rows.filter(owner=own) if value else rows.exclude(owner=own)

    @staticmethod
    def filter_to_sign(rows: QuerySet[Contract], value: bool, info: Any) -> QuerySet[Contract]:
        waiting = ContractSignature.objects.filter(
            organization=info.context.actor.organization_id, status=ContractSignatureStatus.PENDING_SIGNATURE
        ).values("contract")
        return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)


class ContractSort(Sort, default="-CREATED_AT"):
    """Keys that contracts are sorted by."""

    CREATED_AT = SortKey.of("created_at", description="When it was drafted.")
    NUMBER = SortKey.of("number", description="Its number.")
    ENDS_ON = SortKey.of("ends_on", description="Its last day.", nullable=True)


class ClauseFilter(FilterInput):
    """Narrows clauses."""

    clause_class = ListFilter(enum_of(ClauseClass), lookup="clause_class", description="About any of these.")
    text = TextFilter(lookups=("code", "name_zh", "name_en", "text_zh", "text_en"), description="Words of it.")


class SourceListFilter(FilterInput):
    """Narrows sources."""

    use = ListFilter(enum_of(SourceUse), lookup="use", description="Used in any of these ways.")
    seller = IdFilter("Organization", lookup="seller", description="Of these suppliers.")
    variant = IdFilter("Variant", lookup="variant", description="Of these goods.")


class SourceSort(Sort, default="VARIANT"):
    """Keys that sources are sorted by."""

    VARIANT = SortKey.of("variant_id", description="Goods by goods.", nullable=True)
    VALID_FROM = SortKey.of("valid_from", description="The first day.")


class ContractEvidenceType(graphene.ObjectType):
    """What proves who signed what."""

    class Meta:
        name = "ContractEvidence"

    text_hash = Field(graphene.String, required=True, description="SHA-256 of the document.")
    signatures = Field(Json, required=True, description="Every signature as it was kept.")
    url = Field(graphene.String, required=True, description="All of it as one file.")


class ContractGoodsType(graphene.ObjectType):
    """Goods that a contract may be for."""

    class Meta:
        name = "ContractGoods"

    id = Field(graphene.ID, required=True, description="The id of the variant.")
    sku = Field(graphene.String, required=True, description="Its SKU.")
    name = Field(graphene.String, required=True, description="Its name.")


class ContractSigningType(graphene.ObjectType):
    """What one reads before one signs."""

    class Meta:
        name = "ContractSigning"

    statement = Field(graphene.String, required=True, description="What one agrees to.")
    needs_code = Field(graphene.Boolean, required=True, description="The code of the second factor is asked for.")


class Queries:
    """What can be read of contracts."""

    contract_types = ConnectionField(ContractTypeType, description="What your contracts start from.")
    contract_templates = ConnectionField(ContractTemplateType, description="Your templates, every version.")
    contract_clauses = ConnectionField(
        ContractClauseType, filter=ClauseFilter, description="Your clauses, each in its latest version."
    )
    contracts = ConnectionField(
        ContractNode, filter=ContractFilter, sort=ContractSort, permission=VIEW, description="Contracts of either side."
    )
    contract = Field(ContractNode, id=THE_CONTRACT, description="One contract.")
    contract_text = listed(
        ContractSectionType,
        "What a contract says: as it is signed, or of a draft as it stands.",
        size=20,
        id=THE_CONTRACT,
        change=graphene.ID(description="Of this change instead."),
        permission=VIEW,
    )
    contract_goods = listed(
        ContractGoodsType,
        "Goods of a contract's seller, to draft lines with.",
        size=8,
        contract=THE_CONTRACT,
        search=graphene.String(required=True, description="Words of the SKU or the name."),
        permission="contracts.manage",
    )
    contract_signing = Field(
        ContractSigningType, id=THE_CONTRACT, permission=VIEW, description="What you read before you sign."
    )
    contract_usage = listed(
        ContractUsageType,
        "What was used of a contract, by line and month.",
        size=50,
        contract=THE_CONTRACT,
        permission=VIEW,
    )
    contract_price = Field(
        Decimal,
        line=graphene.ID(required=True, description="The contract line."),
        day=Date(description="The pricing date; today unless told."),
        quantity=Quantity(description="The ordered quantity; 1 unless told."),
        permission=VIEW,
        description="The unit price of a contract line; null: that of the lists.",
    )
    contract_changes = ConnectionField(ContractChangeType, contract=THE_CONTRACT, description="Changes of a contract.")
    contract_signatures = ConnectionField(
        ContractSignatureType, permission=VIEW, description="Signatures that wait for your organization."
    )
    contract_evidence = Field(
        ContractEvidenceType, contract=THE_CONTRACT, permission=VIEW, description="What proves the signatures."
    )
    source_lists = ConnectionField(
        SourceListType, filter=SourceListFilter, sort=SourceSort, permission=SOURCES, description="Your sources."
    )
    source_quotas = ConnectionField(SourceQuotaType, permission=SOURCES, description="Your quotas.")
    source_quota = Field(
        SourceQuotaType, id=graphene.ID(required=True, description="The quota."), description="One quota."
    )
    quota_simulate = Field(
        QuotaSimulationType,
        quota=graphene.ID(required=True, description="The quota."),
        quantity=Quantity(required=True, description="The requirement."),
        day=Date(description="The day; today unless told."),
        permission=SOURCES,
        description="How a requirement would be divided; null with an error where nobody can take it.",
    )
    price_indexes = ConnectionField(PriceIndexType, permission=VIEW, description="Your price indexes.")

    def resolve_contract_goods(root: Any, info: Any, contract: str, search: str) -> Any:
        found = seen(info, contract)
        if found is None:
            return []
        words = Q(sku__icontains=search) | Q(product__name_zh__icontains=search) | Q(product__name_en__icontains=search)
        rows = Variant.objects.filter(words, organization=found.seller_id).select_related("product")
        return [
            {"id": to_global_id("Variant", row.pk), "name": row.product.name, "sku": row.sku}
            for row in rows.order_by("sku")[:8]
        ]

    def resolve_contract(root: Any, info: Any, id: str) -> Any:
        return ContractNode.by_id(info, id)

    def resolve_contracts(root: Any, info: Any) -> Any:
        return Contract.objects.visible_to(info.context.actor).select_related("buyer")

    def resolve_contract_clauses(root: Any, info: Any) -> Any:
        rows = ContractClause.objects.visible_to(info.context.actor)
        newest = ContractClause.objects.filter(organization=info.context.actor.organization_id)
        keys = newest.order_by("code", "-version").distinct("code").values("pk")
        return rows.filter(pk__in=keys)

    def resolve_contract_text(root: Any, info: Any, id: str, change: str | None = None) -> Any:
        contract = seen(info, id)
        if contract is None:
            return []
        rows = ContractText.objects.visible_to(info.context.actor).filter(contract=contract)
        if change is not None:
            pk = from_global_id(change, "ContractChange", "change")
            row = rows.filter(change=pk).first()
            return row.body if row else []
        row = rows.filter(sha256=contract.text_hash).first() if contract.text_hash else None
        return row.body if row else body_of(contract, strict=False)

    def resolve_contract_signing(root: Any, info: Any, id: str) -> Any:
        contract = seen(info, id)
        actor = info.context.actor
        return contract and {"statement": intent_of(actor, contract), "needs_code": needs_code(actor)}

    def resolve_contract_usage(root: Any, info: Any, contract: str) -> Any:
        found = seen(info, contract)
        return used_of(found.lines.values_list("pk", flat=True)) if found else []

    def resolve_contract_price(root: Any, info: Any, line: str, day: Any = None, quantity: Any = None) -> Any:
        pk = from_global_id(line, "ContractLine", "line")
        rows = ContractLine.objects.visible_to(info.context.actor).select_related("contract__buyer")
        found = rows.filter(pk=pk).first()
        if found is None or (day and day.year > LAST_YEAR):
            return None
        buyer = found.contract.buyer
        prices = prices_of([pk]).get(pk, [])
        return price_on(prices, values_of(prices, buyer.time_zone), day or today_of(buyer), quantity or Number(1))

    def resolve_contract_changes(root: Any, info: Any, contract: str) -> Any:
        found = seen(info, contract)
        return ContractChange.objects.visible_to(info.context.actor).filter(contract=found)

    def resolve_contract_signatures(root: Any, info: Any) -> Any:
        actor = info.context.actor
        rows = ContractSignature.objects.visible_to(actor).filter(organization=actor.organization_id)
        return rows.filter(status=ContractSignatureStatus.PENDING_SIGNATURE)

    def resolve_contract_evidence(root: Any, info: Any, contract: str) -> Any:
        found = seen(info, contract)
        if found is None or not found.text_hash:
            return None
        url = ContractNode.resolve_evidence_url(found, info)
        return {"text_hash": found.text_hash, "signatures": signatures_of(found), "url": url}

    def resolve_source_lists(root: Any, info: Any) -> Any:
        return SourceList.objects.visible_to(info.context.actor)

    def resolve_source_quotas(root: Any, info: Any) -> Any:
        return SourceQuota.objects.visible_to(info.context.actor)

    def resolve_source_quota(root: Any, info: Any, id: str) -> Any:
        return SourceQuotaType.by_id(info, id)

    def resolve_quota_simulate(root: Any, info: Any, quota: str, quantity: Any, day: Any = None) -> Any:
        actor = info.context.actor
        pk = from_global_id(quota, "SourceQuota", "quota")
        done = quota_assign(actor, pk, quantity, day or today_of(actor.organization))
        members = QuotaMember.objects.visible_to(actor).filter(quota=pk).select_related("seller")
        names = {one.pk: one.seller.shown_name for one in members}
        shares = [(row, names.get(int(str(row.candidate.key)), "")) for row in done.rows]
        return {"requirement": done.requirement, "short": done.short, "shares": shares}


def seen(info: Any, gid: str) -> Contract | None:
    """A contract the reader may see, with both sides; None for any other."""
    try:
        pk = from_global_id(gid, "Contract", "id")
    except DomainError:
        return None
    rows = Contract.objects.visible_to(info.context.actor).select_related("seller", "buyer", "template", "owner")
    return rows.filter(pk=pk).first()
