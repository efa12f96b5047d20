"""The catalogue through GraphQL: what pages ask, who gets it, and what it costs."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from marketplace.catalog.attributes import attribute_create
from marketplace.catalog.imports import run
from marketplace.catalog.models import Category, Listing, OrderQuantityRule, Product, UnitOfMeasure, Variant
from marketplace.catalog.taxonomy import brand_create, category_create
from marketplace.core.actor import Actor
from marketplace.graphql import execute, to_global_id
from tests.factories import make_actor
from tests.marketplace.catalog.stall import leaves_out
from tests.statements import count_sql

PAGES = Path(__file__).parents[3] / "storefront"
LIST = """query($after: String, $search: String) { catalog(first: 20, after: $after, search: $search) {
    edges { node { id name slug defaultVariant { sku } } } pageInfo { hasNextPage endCursor } } }"""


def ask(actor, text, **variables):
    result = execute(text, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


def gid(row, name=None):
    return to_global_id(name or type(row).__name__, row.pk)


def refused(actor, text, **variables):
    """Codes, fields and indexes of the errors of the only mutation in a document."""
    (payload,) = ask(actor, text, **variables).values()
    return [(error["code"], error["field"], error["index"]) for error in payload["errors"]]


ERRORS = "errors { code field index message }"


# --- what a buyer sees ------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(stall):
    for number in range(30):
        stall.product(f"P-{number:02}", f"Thing {number:02}", packs={"BOX": 12})
    return stall


def test_a_page_of_the_catalogue_takes_its_statements(shelf, sql_count):
    with sql_count("catalogue page of 20: name, slug, default variant"):
        found = ask(shelf.dealer, LIST)["catalog"]
    assert [edge["node"]["name"] for edge in found["edges"]][:2] == ["Thing 00", "Thing 01"]
    assert found["pageInfo"]["hasNextPage"]
    rest = ask(shelf.dealer, LIST, after=found["pageInfo"]["endCursor"])["catalog"]
    assert [edge["node"]["slug"] for edge in rest["edges"]] == [f"thing-{number}" for number in range(20, 30)]


FULL = """query($filter: CatalogFilter) { catalog(first: 24, filter: $filter) { totalCount didYouMean
    facets { code label values { value label count } }
    edges { node { id name thumbnail(size: 256) seller { id name } brand { name } category { name } variantCount
        attributes { name value }
        defaultVariant { id sku fullName isOrderable orderUom { code }
            quantityRule { min step max uom { code } } } } } } }"""


def test_all_that_a_page_shows_costs_the_same_for_one_product_and_for_many(shelf, sql_count):
    one = gid(Product.objects.first())
    with count_sql() as single:
        assert len(ask(shelf.dealer, FULL, filter={"ids": [one]})["catalog"]["edges"]) == 1
    with sql_count("catalogue page of 24: cards with facets") as many:
        found = ask(shelf.dealer, FULL)["catalog"]
    assert single.count == many.count
    node = found["edges"][0]["node"]
    assert found["totalCount"] == 30
    assert node["seller"]["name"] == "Xinghe Home"
    assert node["defaultVariant"]["isOrderable"]
    assert node["defaultVariant"]["quantityRule"] == {"min": "1", "step": "1", "max": None, "uom": {"code": "PCS"}}


def test_nothing_of_it_is_there_for_strangers(shelf):
    product = Product.objects.first()
    variant = product.variants.get()
    assert ask(shelf.stranger, LIST)["catalog"]["edges"] == []
    for actor in (shelf.stranger, Actor.anonymous()):
        for row in (product, variant, variant.packs.first(), shelf.units["PCS"]):
            seen = execute("query($id: ID!) { node(id: $id) { id } }", {"id": gid(row)}, actor=actor).data
            is_unit = isinstance(row, UnitOfMeasure) and actor.is_authenticated
            assert (seen and seen["node"]) == ({"id": gid(row)} if is_unit else None)
    hidden = shelf.assortment(leaves_out(product_id=product.pk), partnership_id=shelf.partnership.pk)
    document = "query($id: ID!) { product(id: $id) { id } }"
    assert ask(shelf.dealer, document, id=gid(product)) == {"product": None}
    assert ask(shelf.second, document, id=gid(product)) == {"product": {"id": gid(product)}}
    assert ask(shelf.dealer, "query($id: ID!) { node(id: $id) { id } }", id=gid(hidden)) == {"node": None}


def test_without_the_permission_there_is_no_catalogue(shelf):
    nobody = make_actor(shelf.partnership.downstream, "nothing")
    for text in (LIST, '{ variantSuggestions(search: "P") { id } }', "{ products { totalCount } }"):
        assert execute(text, {}, actor=nobody).codes == {"PERMISSION_DENIED"}
    assert execute("{ products { totalCount } }", {}, actor=shelf.dealer).codes == {"PERMISSION_DENIED"}


PRODUCT = """query($id: ID!) { product(id: $id) { name description seller { name } attributes { code value }
    media { url thumbnail(size: 64) } category { name ancestors { name } } listingStatus listedFrom
    variants { sku fullName barcode baseUom { code } packs { uom { code } factor isBase } isOrderable listingStatus
        quantityRule { min step max } attributes { name value } } } }"""


def test_a_product_with_all_that_is_beside_it(stall, sql_count):
    root = category_create(stall.owner, {"name_en": "Kitchen"})
    cups = category_create(stall.owner, {"name_en": "Cups", "parent_id": root.pk})
    attribute_create(stall.owner, {"code": "volume", "name_en": "Volume", "kind": "number", "uom": stall.units["ML"]})
    product = stall.product(
        packs={"BOX": 12}, category_id=cups.pk, attributes={"volume": "500"}, description_en="Keeps warm."
    )
    with sql_count("product detail") as counter:
        found = ask(stall.dealer, PRODUCT, id=gid(product))["product"]
    assert counter.count <= 16
    assert found["description"] == "Keeps warm."
    assert found["attributes"] == [{"code": "volume", "value": "500 ml"}]
    assert found["category"] == {"name": "Cups", "ancestors": [{"name": "Kitchen"}]}
    assert found["listingStatus"] == "LISTED"
    (variant,) = found["variants"]
    assert [(pack["uom"]["code"], pack["factor"]) for pack in variant["packs"]] == [("PCS", "1"), ("BOX", "12")]
    assert variant["fullName"] == "Steel cup"
    mine = ask(stall.owner, PRODUCT, id=gid(product))["product"]
    assert mine["seller"]["name"] == "Xinghe Home"
    assert not mine["variants"][0]["isOrderable"]


def test_categories_are_told_with_what_is_in_them_and_below(stall):
    root = category_create(stall.owner, {"name_en": "Kitchen"})
    cups = category_create(stall.owner, {"name_en": "Cups", "parent_id": root.pk})
    category_create(stall.owner, {"name_en": "Empty"})
    stall.product("A", "A", category_id=cups.pk)
    stall.product("B", "B", category_id=root.pk)
    stall.product("C", "C", category_id=root.pk, listed=False)
    document = "query($side: TradeSide) { categories(side: $side) { name level productCount } }"
    assert [tuple(row.values()) for row in ask(stall.dealer, document)["categories"]] == [
        ("Kitchen", 0, 2),
        ("Cups", 1, 1),
    ]
    assert [tuple(row.values()) for row in ask(stall.owner, document, side="SELLER")["categories"]] == [
        ("Empty", 0, 0),
        ("Kitchen", 0, 3),
        ("Cups", 1, 1),
    ]
    assert ask(stall.stranger, document)["categories"] == []


def test_facets_have_labels_in_the_readers_language(stall):
    from django.utils import translation

    choices = [{"value": "steel", "zh": "不锈钢", "en": "Steel"}]
    fields = {"code": "material", "name_en": "Material", "name_zh": "材质", "kind": "choice", "choices": choices}
    attribute_create(stall.owner, fields | {"is_facet": True})
    brand = brand_create(stall.owner, {"name_en": "Lotus", "name_zh": "莲花"})
    stall.product(attributes={"material": "steel"}, brand_id=brand.pk)
    document = "{ catalog { facets { code label values { value label count } } } }"
    with translation.override("zh-hans"):
        facets = {facet["code"]: facet for facet in ask(stall.dealer, document)["catalog"]["facets"]}
    assert facets["material"] == {
        "code": "material",
        "label": "材质",
        "values": [{"value": "steel", "label": "不锈钢", "count": 1}],
    }
    assert facets["brand"]["values"] == [{"value": gid(brand), "label": "莲花", "count": 1}]


def test_completion_costs_a_constant_number_of_statements(shelf, sql_count):
    document = 'query { variantSuggestions(search: "p-", first: 8) { sku fullName orderUom { code } } }'
    with sql_count("completion in the pad"):
        found = ask(shelf.dealer, document)["variantSuggestions"]
    assert [row["sku"] for row in found] == [f"P-{number:02}" for number in range(8)]
    assert found[0]["fullName"] == "Thing 00"
    assert ask(shelf.stranger, document)["variantSuggestions"] == []


# --- what a seller does -----------------------------------------------------------------------------------------------


def test_own_products_are_found_filtered_and_sorted(shelf, sql_count):
    document = """query($search: String, $filter: ProductFilter, $sort: ProductSort) {
        products(first: 25, search: $search, filter: $filter, sortBy: $sort) { totalCount
            edges { node { name status statusLabel variantCount defaultVariant { sku } brand { name } category { name }
                thumbnail(size: 64) listingStatus listingStatusLabel } } } }"""
    with sql_count("own products, page of 25"):
        found = ask(shelf.owner, document)["products"]
    assert found["totalCount"] == 30
    assert found["edges"][0]["node"]["listingStatusLabel"] == "Listed"
    assert ask(shelf.owner, document, search="thing 07")["products"]["totalCount"] == 1
    shelf.product("DRAFT", "Draft", listed=False, status="draft")
    assert ask(shelf.owner, document, filter={"status": ["DRAFT"]})["products"]["totalCount"] == 1
    assert ask(shelf.owner, document, filter={"listingStatus": ["LISTED"]})["products"]["totalCount"] == 30
    assert ask(shelf.owner, document, filter={"listingStatus": ["DELISTED"]})["products"]["totalCount"] == 0
    first = ask(shelf.owner, document, sort={"field": "NAME", "direction": "ASC"})["products"]["edges"][0]
    assert first["node"]["name"] == "Draft"
    by_sku = ask(shelf.owner, document, sort={"field": "SKU", "direction": "DESC"})["products"]["edges"]
    assert [edge["node"]["defaultVariant"]["sku"] for edge in by_sku[:2]] == ["P-29", "P-28"]


def test_a_product_is_made_changed_and_put_up(stall):
    made = ask(
        stall.owner,
        f"""mutation($input: ProductInput!) {{ productCreate(input: $input) {{ product {{ id name }} {ERRORS} }} }}""",
        input={
            "name": "Kettle",
            "sku": "KTL-1",
            "uom": "PCS",
            "packs": [{"uom": "CTN", "factor": "6"}],
            "taxRate": "0.13",
        },
    )["productCreate"]
    assert not made["errors"]
    product = Product.objects.get()
    assert (product.name_en, product.name_zh, product.slug) == ("Kettle", "", "kettle")
    ask(
        stall.owner,
        f'mutation($id: ID!) {{ productUpdate(id: $id, input: {{nameZh: "水壶"}}) {{ {ERRORS} }} }}',
        id=made["product"]["id"],
    )
    product.refresh_from_db()
    assert (product.name_en, product.name_zh) == ("Kettle", "水壶")
    text = f"""mutation($input: ListingInput!) {{
        listingWrite(input: $input) {{ products {{ id listingStatus }} {ERRORS} }} }}"""
    put_up = ask(stall.owner, text, input={"products": [made["product"]["id"]], "listed": True})["listingWrite"]
    assert put_up["products"] == [{"id": made["product"]["id"], "listingStatus": "LISTED"}]
    window = {"from": "2030-01-01T00:00:00Z", "to": "2030-02-01T00:00:00Z"}
    ask(stall.owner, text, input={"products": [made["product"]["id"]], "listed": True} | window)
    assert Listing.objects.get().valid_to.year == 2030


def test_refusals_name_the_field_and_the_line(stall):
    product = stall.product()
    create = f"mutation($input: ProductInput!) {{ productCreate(input: $input) {{ {ERRORS} }} }}"
    assert set(refused(stall.owner, create, input={"name": "", "sku": "CUP-1", "taxRate": "3"})) == {
        ("REQUIRED", "name", None),
        ("UNIQUE", "sku", None),
        ("INVALID", "taxRate", None),
    }
    rules = f"mutation($rules: [OrderQuantityRuleInput!]!) {{ orderQuantityRuleWrite(rules: $rules) {{ {ERRORS} }} }}"
    variant = gid(product.variants.get())
    bad = {"variant": variant, "uom": "PCS", "min": "20", "step": "12", "max": "21"}
    assert refused(stall.owner, rules, rules=[{"variant": variant, "uom": "PCS"}, bad]) == [("RULE_EMPTY", "max", 1)]
    packs = f'mutation($id: ID!) {{ packWrite(variant: $id, packs: [{{uom: "XX"}}]) {{ {ERRORS} }} }}'
    assert refused(stall.owner, packs, id=variant) == [("UNKNOWN_UOM", "uom", 0)]
    assert refused(stall.stranger, packs, id=variant) == [("NOT_FOUND", "variant", None)]


def test_rules_assortments_and_the_tree_by_graphql(stall):
    variant = gid(stall.variant())
    rule = {"variant": variant, "uom": "PCS", "min": "6", "step": "6", "group": gid(stall.groups[0])}
    text = f"""mutation($rules: [OrderQuantityRuleInput!]!) {{
        orderQuantityRuleWrite(rules: $rules) {{ rules {{ min step max level group {{ id }} }} {ERRORS} }} }}"""
    written = ask(stall.owner, text, rules=[rule])["orderQuantityRuleWrite"]["rules"]
    assert written == [{"min": "6", "step": "6", "max": None, "level": "GROUP", "group": {"id": gid(stall.groups[0])}}]
    assert ask(stall.owner, "{ orderQuantityRules { totalCount } }")["orderQuantityRules"]["totalCount"] == 1
    assert OrderQuantityRule.objects.get().organization == stall.seller
    tree = f"mutation($input: CategoryInput!) {{ categoryWrite(input: $input) {{ category {{ id level }} {ERRORS} }} }}"
    root = ask(stall.owner, tree, input={"name": "Kitchen"})["categoryWrite"]["category"]
    below = ask(stall.owner, tree, input={"name": "Cups", "parent": root["id"]})["categoryWrite"]["category"]
    assert (root["level"], below["level"]) == (0, 1)
    ranged = f"""mutation($input: AssortmentInput!) {{ assortmentWrite(input: $input) {{
        assortment {{ id name level lines {{ excluded category {{ name }} }} }} {ERRORS} }} }}"""
    lines = [{"category": below["id"], "excluded": True}]
    made = ask(stall.owner, ranged, input={"name": "No cups", "partnership": gid(stall.partnership), "lines": lines})
    assert made["assortmentWrite"]["assortment"]["lines"] == [{"excluded": True, "category": {"name": "Cups"}}]
    assert ask(stall.stranger, "{ assortments { totalCount } }")["assortments"]["totalCount"] == 0
    assert Category.objects.count() == 2


def test_a_picture_and_a_sheet_are_uploaded(stall, monkeypatch):
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(out, "PNG")
    file = SimpleUploadedFile("cup.png", out.getvalue(), "image/png")
    document = f"""mutation($product: ID!, $file: Upload!) {{
        productMediaAdd(product: $product, file: $file, alt: "Cup") {{
            media {{ id url alt thumbnail(size: 64) }} {ERRORS} }} }}"""
    media = ask(stall.owner, document, product=gid(stall.product()), file=file)["productMediaAdd"]["media"]
    assert media["url"].startswith("/media/products/")
    assert media["thumbnail"].endswith("-160.webp")
    queued = []
    monkeypatch.setattr(run, "_queue", lambda name, pk: queued.append((name, pk)))
    sheet = SimpleUploadedFile("goods.csv", b"SKU,Name\nNEW-1,New\nBAD,\n")
    start = f"""mutation($file: Upload!) {{
        productImportStart(file: $file, onError: SKIP_ROWS) {{ productImport {{ id }} {ERRORS} }} }}"""
    started = ask(stall.owner, start, file=sheet)["productImportStart"]["productImport"]["id"]
    run.prepare(queued[0][1])
    shown = """query($id: ID!) { productImport(id: $id) { fileName status statusLabel phase phaseLabel rowsDone
        rowsTotal newCount errorCount errors(first: 5) { row column code message value } errorFileUrl canApply canCancel
        createdBy { displayName } } }"""
    found = ask(stall.owner, shown, id=started)["productImport"]
    assert (found["phase"], found["newCount"], found["errorCount"], found["canApply"]) == ("PREVIEW", 1, 1, True)
    assert found["errors"][0] | {"message": ""} == {
        "row": 3, "column": "Name", "code": "REQUIRED", "message": "", "value": "",
    } | {"column": found["errors"][0]["column"]}  # fmt: skip
    assert ask(stall.stranger, shown, id=started) == {"productImport": None}
    apply = f"mutation($id: ID!) {{ productImportApply(id: $id) {{ {ERRORS} }} }}"
    assert refused(stall.owner, apply, id=started) == []
    run.finish(queued[1][1])
    assert Variant.objects.filter(sku="NEW-1").exists()
    assert refused(stall.owner, apply, id=started) == [("INVALID_TRANSITION", "id", None)]


def test_a_unit_of_measure_by_graphql(stall):
    document = f"""mutation {{
        unitOfMeasureCreate(code: "jar", nameEn: "jar", nameZh: "罐") {{ unitOfMeasure {{ code name }} {ERRORS} }} }}"""
    assert ask(stall.owner, document)["unitOfMeasureCreate"]["unitOfMeasure"] == {"code": "JAR", "name": "jar"}
    assert refused(stall.owner, document) == [("UNIQUE", "code", None)]
    assert "JAR" in [unit["code"] for unit in ask(stall.dealer, "{ unitsOfMeasure { code } }")["unitsOfMeasure"]]


def test_sheets_are_served_to_their_owner_only(stall, client):
    from tests.factories import PASSWORD

    stall.product()
    url = ask(stall.owner, "{ productSheetUrl(csv: true) }")["productSheetUrl"]
    assert client.get(url).status_code in (302, 404)
    client.login(username=stall.owner.user.email, password=PASSWORD)
    answer = client.get(url)
    assert answer.status_code == 200
    assert "CUP-1" in b"".join(answer.streaming_content).decode()
    client.login(username=stall.dealer.user.email, password=PASSWORD)
    assert client.get(url).status_code == 404


AIMED = """query($id: ID!) { partnership(id: $id) { assortments { name
    lines { excluded category { name } brand { name } } } } }"""
NARROW = f"""mutation($input: AssortmentInput!) {{
    assortmentWrite(input: $input) {{ assortment {{ id }} {ERRORS} }} }}"""


def test_a_partner_is_told_with_the_assortments_that_decide_what_it_sees(stall, sql_count):
    cups = category_create(stall.owner, {"name_en": "Cups"})
    stall.assortment(leaves_out(category_id=cups.pk), group_id=stall.groups[0].pk)
    stall.assortment(leaves_out(category_id=cups.pk), partnership_id=stall.other.pk)
    given = {"nameEn": "Own", "partnership": gid(stall.partnership), "categories": [gid(cups)]}
    assert refused(stall.owner, NARROW, input=given) == []
    with sql_count("partnership with its assortments"):
        found = ask(stall.owner, AIMED, id=gid(stall.partnership))["partnership"]["assortments"]
    assert [(one["name"], one["lines"]) for one in found] == [
        ("Own", [{"excluded": False, "category": {"name": "Cups"}, "brand": None}]),
        ("Range", [{"excluded": True, "category": {"name": "Cups"}, "brand": None}]),
    ]
    assert ask(stall.dealer, AIMED, id=gid(stall.partnership)) == {"partnership": {"assortments": None}}
    twice = given | {"nameEn": "Twice", "excludedCategories": [gid(cups)]}
    assert refused(stall.owner, NARROW, input=twice) == [("UNIQUE", "lines", 1)]
    assert refused(stall.owner, NARROW, input={"nameEn": "None"}) == [("REQUIRED", "lines", None)]
