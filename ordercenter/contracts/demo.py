"""Contracts of the demo enterprise: a framework contract in use, a dealer contract to sign, sources, an index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Pack
from marketplace.core.actor import Actor
from marketplace.core.clock import today_of
from marketplace.parties.demo import demo_actor, demo_organization
from marketplace.parties.models import Partnership
from marketplace.runtime.demo import Size, demo_step
from ordercenter.contracts.compose import create_contract
from ordercenter.contracts.drafts import (
    ContractDraft,
    ContractLineDraft,
    FormulaDraft,
    PaymentDraft,
)
from ordercenter.contracts.enums import ClauseClass, ContractKind, LimitBasis, Renewal, SourceUse, VariableKind
from ordercenter.contracts.indexes import add_value, write_index
from ordercenter.contracts.library import (
    ClauseText,
    TemplateText,
    TypeDraft,
    publish_clause,
    publish_template,
    write_type,
)
from ordercenter.contracts.models import Contract, ContractSignature, ContractType
from ordercenter.contracts.ordering import call_off
from ordercenter.contracts.quotas import MemberDraft, QuotaDraft, write_member, write_quota
from ordercenter.contracts.shapes import PriceTier
from ordercenter.contracts.sign import Click, sign
from ordercenter.contracts.sources import SourceDraft, write_source
from ordercenter.contracts.submit import approve_contract, submit_contract
from ordercenter.pricing.resolve import resolve
from ordercenter.pricing.terms import PriceRequest

CLAUSES = (
    ClauseText(
        "PAYMENT", "付款", "Payment", "买方在收到发票后 {{days}} 天内付款。",
        "The buyer pays within {{days}} days of receiving the invoice.", ClauseClass.PAYMENT, risk=30, may_edit=True,
        may_omit=False,
    ),
    ClauseText(
        "DELIVERY", "交货", "Delivery", "卖方按订单约定的日期交货，送至 {{place}}。",
        "The seller delivers on the day of the order, to {{place}}.", ClauseClass.DELIVERY, risk=20, may_edit=True,
    ),
    ClauseText(
        "QUALITY", "质量", "Quality", "货物符合约定规格；不合格品由卖方更换。",
        "Goods are as specified; the seller replaces what is not.", ClauseClass.QUALITY, risk=40, may_omit=False,
    ),
    ClauseText(
        "DISPUTES", "争议解决", "Disputes", "协商不成的，由买方所在地人民法院管辖。",
        "What is not settled between the parties goes to the court at the buyer's seat.", ClauseClass.DISPUTES, risk=60,
    ),
)  # fmt: skip


@demo_step(120, _("Contracts"))
def contracts(size: Size) -> Iterator[tuple[int, int]]:
    """Draft, sign and use contracts; what is there already is left alone."""
    buyer, owner = demo_actor("yunqi", "buyer"), demo_actor("yunqi")
    if Contract.objects.filter(owner=buyer.organization_id).exists():
        return
    _library(owner)
    yield 1, 5
    framework = _framework(owner, buyer)
    yield 2, 5
    _use(owner, framework)
    yield 3, 5
    _dealer_contract(demo_actor("xinghe"), demo_actor("xinghe", "sales"))
    yield 4, 5
    _sources(owner, framework)
    yield 5, 5


def _library(owner: Actor) -> None:
    for clause in CLAUSES:
        publish_clause(owner, clause)
    publish_template(
        owner,
        TemplateText(
            "PURCHASE",
            "采购框架合同",
            "Framework purchase contract",
            "{{seller.name}}（卖方）与 {{buyer.name}}（买方）就下列货物的供应达成一致。",
            "{{seller.name}} (the seller) and {{buyer.name}} (the buyer) agree on the supply of the goods below.",
            [clause.code for clause in CLAUSES],
            [
                ("days", VariableKind.NUMBER, "付款天数", "Days to pay"),
                ("place", VariableKind.TEXT, "交货地点", "Place of delivery"),
            ],
        ),
    )
    write_type(
        owner,
        TypeDraft("FW", "采购框架合同", "Framework purchase contract", template="PURCHASE", mandatory=["DISPUTES"]),
    )


def _framework(owner: Actor, buyer: Actor) -> Contract:
    seller = demo_organization("xinghe")
    partnership = Partnership.objects.get(upstream=seller, downstream=buyer.organization)
    today = today_of(buyer.organization)
    index = write_index(owner, "STEEL-304", "304 不锈钢", "Stainless steel 304", "https://www.stats.gov.cn/")
    month = today.replace(day=1)
    for back, value in ((3, "105.0"), (2, "106.4"), (1, "112.4")):
        add_value(owner, index.pk, _months_before(month, back), Decimal(value))
    lines = _lines(owner, seller.pk, partnership, index.pk)
    draft = ContractDraft(
        ContractType.objects.get(organization=owner.organization, code="FW").pk,
        partnership.pk,
        "厨房用品年度框架 Kitchen goods of the year",
        today - timedelta(days=80),
        today + timedelta(days=45),
        payment_terms="月结 30 天 30 days net",
        delivery_terms="送货上门 Delivered",
        warranty="12 个月 12 months",
        renewal=Renewal.AUTO,
        renewal_times=2,
        variables={"days": "30", "place": "杭州市余杭区仓库"},
        lines=lines,
        payments=[PaymentDraft("每月对账后 After the monthly statement", Decimal(100), "30 天 30 days")],
    )
    contract = create_contract(buyer, draft)
    submit_contract(buyer, contract.pk)
    approve_contract(owner, contract.pk)
    _sign_all(contract, {seller.pk: demo_actor("xinghe"), owner.own_id: owner})
    return contract


def _lines(owner: Actor, seller_id: int, partnership: Partnership, index_id: int) -> list[ContractLineDraft]:
    """Three goods a little below the list, one with tiers and one that follows steel."""
    packs = Pack.objects.filter(variant__organization=seller_id, is_base=True, variant__listings__isnull=False)
    found = list(packs.select_related("variant").order_by("variant__sku").distinct()[:3])
    asks = [PriceRequest(n, partnership.pk, one.variant_id, one.uom_id, Decimal(1)) for n, one in enumerate(found)]
    prices = [(done.unit_price or Decimal(10)) for done in resolve(owner, seller_id, asks)]
    lines: list[ContractLineDraft] = []
    for number, (pack, listed) in enumerate(zip(found, prices, strict=True)):
        price = (listed * Decimal("0.92")).quantize(Decimal("0.01"))
        common: dict[str, Any] = {
            "variant_id": pack.variant_id,
            "uom_id": pack.uom_id,
            "quantity": Decimal((300, 500, 200)[number]),
        }
        if number == 1:
            steps = [
                PriceTier(Decimal(100), price),
                PriceTier(None, (price * Decimal("0.97")).quantize(Decimal("0.01"))),
            ]
            lines.append(ContractLineDraft(**common, tiers=steps, allowance=Decimal(5)))
        elif number == 2:
            formula = FormulaDraft(
                Decimal("0.55"), [(index_id, Decimal("0.45"), Decimal("105.0"))], Decimal(2), Decimal(8)
            )
            lines.append(ContractLineDraft(**common, price=price, formula=formula, guaranteed_min=Decimal(100)))
        else:
            lines.append(ContractLineDraft(**common, price=price, allowance=Decimal("2.5")))
    return lines


def _use(owner: Actor, contract: Contract) -> None:
    for shares in ((Decimal("0.4"), Decimal("0.2"), Decimal("0.1")), (Decimal("0.3"), Decimal("0.1"), Decimal("0.1"))):
        lines = contract.lines.order_by("seq")
        wanted = [
            (line.pk, None, ((line.quantity or Decimal(0)) * share).quantize(Decimal(1)))
            for line, share in zip(lines, shares, strict=False)
        ]
        call_off(owner, contract.pk, wanted, note="合同订单 Call-off")


def _dealer_contract(owner: Actor, sales: Actor) -> None:
    """A dealer contract of next year: approved, and not signed by anybody yet."""
    partnership = Partnership.objects.get(upstream=owner.organization, downstream=demo_organization("yunqi"))
    publish_clause(
        owner,
        ClauseText(
            "TERRITORY", "销售区域", "Sales territory", "经销商在约定区域内销售。",
            "The dealer sells in its territory.",
            ClauseClass.TERRITORY, risk=50,
        ),
    )  # fmt: skip
    publish_template(
        owner,
        TemplateText(
            "DEALER", "年度经销合同", "Dealer contract of the year",
            "{{seller.name}} 授权 {{buyer.name}} 经销其产品。",
            "{{seller.name}} appoints {{buyer.name}} to sell its goods.", ["TERRITORY"],
        ),
    )  # fmt: skip
    kind = write_type(
        owner,
        TypeDraft(
            "DEALER", "经销合同", "Dealer contract", ContractKind.DEALER, LimitBasis.NONE, "DEALER", number_prefix="DC"
        ),
    )
    today = today_of(owner.organization)
    draft = ContractDraft(
        kind.pk,
        partnership.pk,
        f"{today.year + 1} 年度经销合同 Dealer contract {today.year + 1}",
        date(today.year + 1, 1, 1),
        date(today.year + 1, 12, 31),
        sign_by=today + timedelta(days=20),
        renewal=Renewal.BY_HAND,
        renewal_times=3,
    )
    contract = create_contract(sales, draft)
    submit_contract(sales, contract.pk)
    approve_contract(owner, contract.pk)


def _sources(owner: Actor, contract: Contract) -> None:
    """The contract's first goods come from its seller alone; the second are divided, with one source so far."""
    first, second = list(contract.lines.order_by("seq"))[:2]
    begin = contract.effective_on
    for line, use in ((first, SourceUse.FIXED), (second, SourceUse.PREFERRED)):
        write_source(
            owner,
            SourceDraft(contract.seller_id, begin, use, variant_id=line.variant_id, contract_line_id=line.pk),
        )
    assert second.variant_id is not None
    assert second.uom_id is not None
    quota = write_quota(
        owner, QuotaDraft(second.variant_id, second.uom_id, begin, split_from=Decimal(400), pack=Decimal(10))
    )
    write_member(owner, quota.pk, MemberDraft(contract.seller_id, Decimal(60), second.pk, max_per_order=Decimal(300)))


def _sign_all(contract: Contract, people: dict[int, Actor]) -> None:
    for row in ContractSignature.objects.filter(contract=contract).order_by("position"):
        sign(people[row.organization_id], row.pk, Click(row.text_hash))


def _months_before(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)
