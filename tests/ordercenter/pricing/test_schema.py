"""Prices through GraphQL: what each side sees, and how many statements a page costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from marketplace.catalog.models import Listing
from marketplace.core.actor import Actor
from marketplace.graphql import execute, to_global_id
from marketplace.parties.models import Organization
from ordercenter.pricing.models import PriceList, PricePolicy, PriceRow
from ordercenter.stock.models import StockVisibility
from tests.statements import count_sql

PRICE = """query($product: ID!, $buyer: ID) { product(id: $product) { variants {
    sku price(buyer: $buyer) { unitPrice { amount currency } uom { code } quantity taxIncluded }
    priceTiers(buyer: $buyer) { uom { code } minQuantity unitPrice { amount } } } } }"""

EXPLAIN = """query($buyer: ID, $lines: [PriceLineInput!]!) { priceExplain(buyer: $buyer, lines: $lines) {
    variant { sku } uom { code } quantity baseQuantity at listPrice { amount } unitPrice { amount } taxIncluded
    errorCode errorMessage floor { amount } floorApplied steps { step }
    lists { rank label code verdict verdictLabel reason reasonLabel audienceLabel
        rows { uom { code } minQuantity amount { amount } validFrom validTo verdict reason reasonLabel } }
    upcoming { amount { amount } validFrom } } }"""


def run(actor: Actor, document: str, **variables: Any) -> Any:
    result = execute(document, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


def gid(row: Any, name: str = "") -> str:
    return to_global_id(name or type(row).__name__, row.pk)


@pytest.fixture
def goods(world):
    """A product with two listed variants: 10, from 20 on 9; and a partner's own list."""
    first = world.variant(BOX=12)
    second = world.variant(first.product)
    everyone = world.price_list("ALL", name_en="Everybody's", public_label_en="List price")
    for variant in (first, second):
        world.rows(everyone, variant, ("PCS", 0, 10), ("PCS", 20, 9))
    world.assign(everyone, merge=True)
    world.listed(first, second)
    return first, second, everyone


def test_a_dealer_sees_its_prices_and_tiers(world, goods):
    variants = run(world.dealer(), PRICE, product=gid(goods[0].product))["product"]["variants"]
    assert [variant["price"] for variant in variants] == [
        {
            "unitPrice": {"amount": "10.00", "currency": "CNY"},
            "uom": {"code": "PCS"},
            "quantity": "1",
            "taxIncluded": True,
        }
    ] * 2
    steps = [(tier["minQuantity"], tier["unitPrice"]["amount"]) for tier in variants[0]["priceTiers"]]
    assert steps == [("1", "10.00"), ("20", "9.00")]


def test_a_seller_sees_a_buyers_prices_by_permission(world, goods):
    variables = {"product": gid(goods[0].product), "buyer": gid(world.buyer.downstream)}
    seen = run(world.person("catalog.view", "prices.view"), PRICE, **variables)["product"]["variants"]
    assert seen[0]["price"]["unitPrice"]["amount"] == "10.00"
    unseen = run(world.person("catalog.view"), PRICE, **variables)["product"]["variants"]
    assert unseen[0]["price"] is None and unseen[0]["priceTiers"] == []


def test_a_page_of_prices_adds_one_statement(world, goods):
    product = gid(goods[0].product)
    dealer = world.dealer()
    counts = []
    for fields in ("sku", "sku price { unitPrice { amount } }"):
        with count_sql() as counter:
            run(dealer, f"query($id: ID!) {{ product(id: $id) {{ variants {{ {fields} }} }} }}", id=product)
        counts.append(counter.count)
    assert counts[1] == counts[0] + 1


def test_an_explanation_for_the_seller_and_for_the_buyer(world, goods):
    variant, _other, everyone = goods
    own = world.price_list("SECRET", name_en="Our secret", public_label_en="")
    world.rows(own, variant, ("PCS", 50, 8), ("PCS", 25, 7, timezone.now() + timedelta(days=1)))
    world.assign(own, partnership=world.buyer, merge=True)
    lines = [{"variant": gid(variant), "uom": "pcs", "quantity": "30"}]
    (full,) = run(world.person("prices.view", "catalog.view"), EXPLAIN, lines=lines, buyer=gid(world.buyer.downstream))[
        "priceExplain"
    ]
    assert full["unitPrice"] == {"amount": "9.00"} and full["upcoming"][0]["amount"] == {"amount": "7.00"}
    assert [(entry["label"], entry["code"], entry["verdict"], entry["reason"]) for entry in full["lists"]] == [
        ("Our secret", "SECRET", "LOST", "TIER_NOT_REACHED"),
        ("Everybody's", "ALL", "WON", None),
    ]
    assert full["lists"][0]["audienceLabel"] == world.buyer.downstream.name
    with translation.override("zh-hans"):
        (bare,) = run(world.dealer(), EXPLAIN, lines=lines)["priceExplain"]
    assert [(entry["code"], entry["rank"]) for entry in bare["lists"]] == [(None, 1), (None, 2)]
    told = str(bare)
    assert "secret" not in told.lower() and everyone.code not in [entry["label"] for entry in bare["lists"]]
    assert bare["lists"][0]["reasonLabel"] == "未达到起订数量" and bare["lists"][0]["label"] == "价格表"


def test_a_seller_tells_no_price_of_goods_that_only_another_one_offers(world, goods):
    variant = goods[0]
    reseller = type(world)("Reseller")
    reseller.partnership(downstream=world.buyer.downstream)
    Listing.objects.create(organization=reseller.seller, variant=variant)
    Listing.objects.filter(organization=world.seller, variant=variant).update(status="delisted")
    document = "query($s: ID!, $l: [PriceLineInput!]!) { prices(seller: $s, lines: $l) { errorCode } }"
    lines = [{"variant": gid(variant), "quantity": "1"}]
    refused = execute(document, {"s": gid(world.seller), "l": lines}, actor=world.dealer())
    assert [error.code for error in refused.errors] == ["NOT_FOUND"]
    assert run(world.dealer(), document, s=gid(reseller.seller), l=lines) == {"prices": [{"errorCode": "NO_PRICE"}]}
    why = {"buyer": gid(world.buyer.downstream), "lines": lines}
    own = run(world.person("prices.view", "catalog.view"), EXPLAIN, **why)["priceExplain"]
    assert own[0]["unitPrice"] == {"amount": "10.00"}


def test_a_seller_that_does_not_offer_it_tells_nothing_beside_goods_either(world, goods):
    variant = goods[0]
    reseller = type(world)("Reseller")
    reseller.partnership(downstream=world.buyer.downstream)
    Listing.objects.create(organization=reseller.seller, variant=variant)
    StockVisibility.objects.create(organization=world.seller, show="exact")
    document = """query($id: ID!, $s: ID) { node(id: $id) { ... on Variant {
        price(seller: $s) { unitPrice { amount } } priceTiers(seller: $s) { minQuantity }
        availability(seller: $s) { level } stockPlaces(seller: $s) { name } } } }"""
    nothing = {"price": None, "priceTiers": [], "availability": None, "stockPlaces": []}

    def told(seller: Organization | None) -> dict[str, Any]:
        return run(world.dealer(), document, id=gid(variant), s=seller and gid(seller))["node"]

    offered = told(world.seller)
    assert offered["price"] == {"unitPrice": {"amount": "10.00"}}
    assert offered["priceTiers"]
    assert offered["availability"] == {"level": "OUT_OF_STOCK"}
    # It is taken down there, and still to be had of the other.
    Listing.objects.filter(organization=world.seller, variant=variant).update(status="delisted")
    assert told(world.seller) == nothing
    # Somebody with whom the reader has no dealings.
    unknown = type(world)("Unknown")
    Listing.objects.create(organization=unknown.seller, variant=variant)
    assert told(unknown.seller) == nothing
    assert told(world.buyer.downstream)["price"] is None


def test_strangers_find_nothing(world, goods):
    stranger = type(world)("Stranger")
    person = stranger.person("prices.view", "prices.manage", "catalog.browse", "catalog.view")
    lines = [{"variant": gid(goods[0]), "quantity": "1"}]
    for variables in ({}, {"buyer": gid(world.buyer.downstream)}):
        result = execute(EXPLAIN, {"lines": lines, **variables}, actor=person)
        assert [error.code for error in result.errors] == ["NOT_FOUND"]
    document = "query($id: ID!) { priceList(id: $id) { code } priceRows(priceList: $id) { totalCount } }"
    assert run(person, document, id=gid(goods[2])) == {"priceList": None, "priceRows": {"totalCount": 0}}
    refused = run(person, "mutation($id: ID!) { priceListPause(id: $id) { errors { code field } } }", id=gid(goods[2]))
    assert refused["priceListPause"]["errors"] == [{"code": "NOT_FOUND", "field": "id"}]


def test_a_list_from_its_creation_to_its_first_price(world):
    variant = world.variant()
    world.listed(variant)
    seller = world.person("prices.view", "prices.manage")
    create = """mutation($input: PriceListInput!) { priceListCreate(input: $input) {
        priceList { id code name currency status statusLabel validFrom assignments { audience level priority merge } }
        errors { field code message index } } }"""
    entered = {"code": "A", "name": "Grade A", "audience": {"partnership": gid(world.buyer), "priority": 5}}
    made = run(seller, create, input=entered)["priceListCreate"]
    assert made["errors"] == []
    shown = made["priceList"]
    assert (shown["status"], shown["name"], shown["currency"], shown["validFrom"]) == ("DRAFT", "Grade A", "CNY", None)
    assert shown["assignments"] == [
        {"audience": world.buyer.downstream.name, "level": "PARTNER", "priority": 5, "merge": False}
    ]
    write = """mutation($input: PriceRowsInput!) { priceRowsWrite(input: $input) {
        writtenCount priceList { version rowCount } errors { field code index message } } }"""
    rows = [{"sku": variant.sku, "uom": "PCS", "amount": "9.5"}]
    written = run(seller, write, input={"priceList": shown["id"], "rows": rows})["priceRowsWrite"]
    assert written == {"writtenCount": 1, "priceList": {"version": 1, "rowCount": 1}, "errors": []}
    assert world.price(variant, 1) == "NO_PRICE"
    submit = "mutation($id: ID!) { priceListSubmit(id: $id) { priceList { status } errors { code } } }"
    assert run(seller, submit, id=shown["id"])["priceListSubmit"]["priceList"] == {"status": "EFFECTIVE"}
    assert world.price(variant, 1) == PriceRow.objects.get().amount
    wrong = [{"sku": variant.sku, "uom": "PCS", "amount": "1.00001"}]
    refused = run(seller, write, input={"priceList": shown["id"], "rows": wrong})["priceRowsWrite"]
    assert (refused["errors"][0]["code"], refused["errors"][0]["index"]) == ("PRICE_PRECISION", 0)
    again = run(seller, create, input=entered | {"currency": "yuan"})["priceListCreate"]
    assert {(error["field"], error["code"]) for error in again["errors"]} == {
        ("code", "DUPLICATE"),
        ("currency", "INVALID"),
    }


def test_rows_are_filtered_by_where_they_stand(world, goods):
    variant, other, price_list = goods
    now = timezone.now()
    world.rows(price_list, variant, ("PCS", 0, 8, now - timedelta(days=1)), ("PCS", 0, 7, now + timedelta(days=1)))
    document = """query($id: ID!, $filter: PriceRowFilter, $search: String) {
        priceRows(priceList: $id, filter: $filter, search: $search) { totalCount edges { node {
            amount { amount } inForce validFrom variant { sku fullName } uom { code } } } } }"""
    seller = world.person("prices.view", "catalog.view")

    def amounts(**variables: Any) -> list[tuple[str, bool]]:
        edges = run(seller, document, id=gid(price_list), **variables)["priceRows"]["edges"]
        return [(edge["node"]["amount"]["amount"], edge["node"]["inForce"]) for edge in edges]

    by_sku = {"search": variant.sku}
    assert amounts(**by_sku) == [("8.00", True), ("7.00", False), ("9.00", True)]
    assert amounts(**by_sku, filter={"state": ["ENDED"]}) == [("10.00", False)]
    assert amounts(**by_sku, filter={"state": ["SCHEDULED"]}) == [("7.00", False)]
    assert amounts(filter={"variant": gid(other)}) == [("10.00", True), ("9.00", True)]


def test_a_policy_assigns_lists_in_order(world, goods):
    seller = world.person("prices.view", "prices.manage")
    create = """mutation($input: PricePolicyInput!) { pricePolicyCreate(input: $input) {
        pricePolicy { id status audience lines { priority merge priceList { code } } }
        errors { field code index } } }"""
    line = {"priceList": gid(goods[2]), "priority": 3}
    entered = {"code": "P", "audience": {"everyone": True}, "lines": [line, line]}
    refused = run(seller, create, input=entered)["pricePolicyCreate"]
    assert refused["errors"] == [{"field": "lines", "code": "DUPLICATE_LIST", "index": 1}]
    audience = {"everyone": True, "grade": gid(world.grade())}
    refused = run(seller, create, input=entered | {"audience": audience, "lines": [line]})["pricePolicyCreate"]
    assert refused["errors"] == [{"field": "audience", "code": "AUDIENCE_INVALID", "index": None}]
    made = run(seller, create, input=entered | {"lines": [line]})["pricePolicyCreate"]["pricePolicy"]
    assert made["audience"] == "Everyone"
    assert made["lines"] == [{"priority": 3, "merge": False, "priceList": {"code": "ALL"}}]
    for verb, status in (("Submit", "EFFECTIVE"), ("Pause", "PAUSED"), ("Void", "VOIDED")):
        document = (
            f"mutation($id: ID!) {{ pricePolicy{verb}(id: $id) {{ pricePolicy {{ status }} errors {{ code }} }} }}"
        )
        assert run(seller, document, id=made["id"])[f"pricePolicy{verb}"]["pricePolicy"] == {"status": status}
    assert PricePolicy.objects.count() == 2 and PriceList.objects.count() == 1


TERMS = """mutation($input: PricePolicyInput!) { pricePolicyCreate(input: $input) {
    pricePolicy { id audience terms { kind step value effect scope goods goodsId } } errors { field code index } } }"""


def test_a_policy_is_written_by_the_api_and_its_steps_are_explained_without_floors_to_the_buyer(world):
    variant = world.variant()
    world.everyone(variant, ("PCS", 0, "100"))
    world.listed(variant)
    seller = world.person("prices.view", "prices.manage", "catalog.view")
    terms = [{"kind": "PERCENT", "value": "-10", "goods": gid(variant)}, {"kind": "FLOOR_AMOUNT", "value": "95"}]
    wrong = {"code": "T", "audience": {"everyone": True}, "terms": [{"kind": "AMOUNT", "value": "1", "goods": "x"}]}
    (refused,) = run(seller, TERMS, input=wrong)["pricePolicyCreate"]["errors"]
    assert (refused["code"], refused["index"]) == ("SCOPE_INVALID", 0)
    made = run(seller, TERMS, input=wrong | {"terms": terms})["pricePolicyCreate"]["pricePolicy"]
    assert [(one["kind"], one["step"], one["goodsId"]) for one in made["terms"]] == [
        ("PERCENT", 1, gid(variant)), ("FLOOR_AMOUNT", None, None),
    ]  # fmt: skip
    run(seller, "mutation($id: ID!) { pricePolicySubmit(id: $id) { errors { code } } }", id=made["id"])
    document = """query($lines: [PriceLineInput!]!, $buyer: ID) { priceExplain(lines: $lines, buyer: $buyer) {
        unitPrice { amount } floor { amount } floorApplied steps { effect verdict value { amount } } } }"""
    lines = [{"variant": gid(variant), "quantity": "1"}]
    (full,) = run(seller, document, lines=lines, buyer=gid(world.buyer.downstream))["priceExplain"]
    assert full["unitPrice"]["amount"] == "95.00" and full["floor"]["amount"] == "95.00" and full["floorApplied"]
    assert [step["verdict"] for step in full["steps"]] == ["APPLIED", "APPLIED"]
    (seen,) = run(world.dealer(), document, lines=lines)["priceExplain"]
    assert seen["floor"] is None and [step["effect"] for step in seen["steps"]] == ["−10 %"]
