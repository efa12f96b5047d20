"""The catalogue and a product: ordering from table and matrix, comparing, saving; in both languages and widths."""

import re

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from marketplace.catalog.attributes import attribute_create
from marketplace.catalog.documents import document_add
from marketplace.catalog.models import DocumentKind, Listing, Product
from marketplace.catalog.variants import Axis, variants_generate
from marketplace.search.engine import index_products
from tests.e2e.market import DEALER

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOTH = pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
TABLE = "/catalog/?view=table"


@pytest.fixture
def mugs(market) -> Product:
    """A product in two colours and three sizes, each with a price, some of them in stock, with a data sheet."""
    owner = market.sales
    for code, values in (("colour", ("White", "Black")), ("size", ("S", "M", "L"))):
        choices = [{"value": value, "zh": value, "en": value} for value in values]
        attribute_create(
            owner, {"code": code, "name_en": code.title(), "kind": "choice", "choices": choices, "of_variant": True}
        )
    product = Product.objects.create(organization=market.seller, name_en="Mug", name_zh="马克杯", slug="mug")
    made = variants_generate(owner, product.pk, [Axis("colour", ["White", "Black"]), Axis("size", ["S", "M", "L"])])
    for number, variant in enumerate(made):
        market.rows(market.list, variant, ("PCS", 0, 20 + number))
        Listing.objects.get_or_create(organization=market.seller, variant=variant)
        market.goods[variant.sku] = variant
        if number != 5:
            market.stock(variant.sku, 100)
    document_add(
        owner, product.pk, ContentFile(b"%PDF-1.7\n", name="mug.pdf"), DocumentKind.DATASHEET, "规格书", "Sheet"
    )
    index_products([product.pk])
    return product


def quantity(person, sku):
    """The field of a variant."""
    return person.page.locator(f'[data-qty][data-sku="{sku}"]')


@BOTH
def test_the_catalogue_is_clean_in_every_view(visit, photograph, market, language, width):
    person = visit(DEALER, language, width)
    page = person.sign_in("/catalog/")
    found = []
    for view in ("grid", "list", "table"):
        page.goto(f"/catalog/?view={view}")
        if view == "table":
            quantity(person, "PAN-001").fill("12")
            expect(page.locator("[data-gross]")).to_contain_text("¥")
        found += person.flaws()
        found += [f"{view} is wider than its screen"] if person.overflows() else []
        photograph(page, f"catalog-{view}-{language}-{width}")
    if width < 992:
        person.button("Filter").click()
        expect(page.locator("#filters")).to_be_visible()
        found += person.flaws()
    assert found == []


@BOTH
def test_a_product_and_a_comparison_are_clean(visit, photograph, market, mugs, language, width):
    market.order(("PAN-001", 6))
    person = visit(DEALER, language, width)
    page = person.sign_in("/catalog/?view=grid&search=PAN-001")
    found = []
    page.locator('.tile:has-text("PAN-001") .tile-link').click()
    expect(page.get_by_role("heading", name=person.says("Bought before"))).to_be_visible()
    found += person.flaws()
    page.goto("/catalog/?view=grid&search=mug")
    page.locator(".tile").first.hover()
    page.locator("[data-compare]").first.click()
    page.locator(".tile-link").first.click()
    page.locator("[data-qty]").first.fill("4")
    expect(page.locator("[data-gross]")).to_contain_text("¥")
    found += person.flaws()
    found += ["the product is wider than its screen"] if person.overflows() else []
    photograph(page, f"product-{language}-{width}")
    page.locator("[data-tray-go]").click()
    page.wait_for_url("**/catalog/compare/**")
    expect(page.locator("[data-comparison]")).to_be_visible()
    found += person.flaws()
    photograph(page, f"compare-{language}-{width}")
    assert found == []


def test_the_table_is_ordered_from_with_the_keyboard_alone(visit):
    person = visit(DEALER)
    page = person.sign_in(TABLE)
    quantity(person, "PAN-001").focus()
    for typed in ("5", "12", "7"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(quantity(person, "PAN-003")).to_be_focused()
    expect(page.locator("[data-sheet-count]")).to_have_text("3 lines, 24 in all")
    expect(page.locator("[data-gross]")).to_have_text("¥290.00")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("3 lines")
    expect(page.locator("#cart-button .badge")).to_have_text("3")
    expect(quantity(person, "PAN-001")).to_have_value("")
    expect(page.locator("[data-bar]")).to_be_hidden()


def test_a_quantity_off_its_step_is_told_offered_snapped_and_not_sent(visit):
    person = visit(DEALER)
    page = person.sign_in(TABLE)
    quantity(person, "PAN-002").fill("7")
    expect(page.locator("[data-sheet-wrong]")).to_contain_text("PAN-002")
    page.locator("[data-add-all]").click()
    expect(page.locator("#toasts")).to_contain_text("Correct the marked quantities first.")
    page.get_by_role("button", name="Take 12").click()
    expect(quantity(person, "PAN-002")).to_have_value("12")
    expect(page.locator("[data-sheet-wrong]")).to_be_hidden()
    page.locator("[data-add-all]").click()
    expect(page.locator("#cart-button .badge")).to_have_text("1")


def test_what_is_typed_stays_while_one_looks_on_and_more_rows_come_as_one_goes_down(visit):
    person = visit(DEALER)
    page = person.sign_in(TABLE)
    quantity(person, "PAN-001").fill("5")
    page.locator(".more-rows").scroll_into_view_if_needed()
    expect(quantity(person, "PAN-030")).to_be_visible()
    quantity(person, "PAN-030").fill("3")
    page.goto(f"{TABLE}&search=PAN-030")
    expect(quantity(person, "PAN-030")).to_have_value("3")
    expect(page.locator("[data-sheet-count]")).to_contain_text("1 not in view")
    page.locator("[data-add-all]").click()
    expect(page.locator("#cart-button .badge")).to_have_text("2")


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_goods_are_narrowed_to_what_they_cost_by_a_band_and_by_what_is_typed(visit, language, width):
    person = visit(DEALER, language, width)
    page = person.sign_in("/catalog/?view=list")
    facets = page.locator(".wide-filters")
    if width < 992:
        person.button("Filter").click()
        facets = page.locator("#filters")
    facets.locator(".price-facet summary").click()
    band = facets.locator(".price-bands a").first
    expect(band).to_be_visible()
    assert person.flaws() == []
    count = band.locator(".count").inner_text()
    band.click()
    chip = page.locator("#results .chip")
    expect(chip).to_contain_text("¥")
    expect(page.locator(".goods-line")).to_have_count(min(int(count), 24))
    page.goto("/catalog/?view=list&price.gte=11&price.lte=12.50")
    expect(page.locator(".goods-line")).to_have_count(2)
    assert person.flaws() == [] and not person.overflows()
    chip.click()
    expect(page.locator("#results .chip")).to_have_count(0)


def test_a_unit_is_chosen_in_the_row_and_priced(visit):
    person = visit(DEALER)
    page = person.sign_in(TABLE)
    page.get_by_label("Unit of PAN-001").select_option("BOX")
    quantity(person, "PAN-001").fill("2")
    expect(page.locator("[data-gross]")).to_have_text("¥264.00")


def test_the_view_is_remembered_and_search_suggests(visit):
    person = visit(DEALER)
    page = person.sign_in("/catalog/")
    page.get_by_label("Table for ordering").click()
    expect(page.locator(".sheet-table")).to_be_visible()
    page.goto("/catalog/")
    expect(page.locator(".sheet-table")).to_be_visible()
    page.locator("[data-suggest]").press_sequentially("PAN-01")
    expect(page.locator(".suggestions li").first).to_contain_text("PAN-01")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/catalog/[^?]+/"))


def test_a_matrix_takes_the_arrows_and_a_pasted_block_and_adds_in_one_go(visit, mugs):
    person = visit(DEALER)
    page = person.sign_in("/catalog/?view=grid&search=mug")
    page.locator(".tile-link").first.click()
    cells = page.locator("[data-matrix] [data-qty]")
    cells.first.focus()
    page.keyboard.type("1")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("2")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("3")
    expect(page.locator("[data-layer-sum]")).to_have_text("6")
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData("text", "4\\t5\\n6\\t7");
        document.querySelector("[data-matrix] [data-qty]").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })) }"""
    )
    expect(page.locator("[data-layer-sum]")).to_have_text("22")
    expect(page.locator('[data-row-sum="0"]')).to_have_text("9")
    expect(page.locator('[data-column-sum="0"]')).to_have_text("10")
    page.locator("[data-add-all]").click()
    expect(page.locator("#cart-button .badge")).to_have_text("4")


def test_typed_quantities_become_a_list_and_grow_it(visit, mugs):
    person = visit(DEALER)
    page = person.sign_in("/catalog/?view=grid&search=mug")
    page.locator(".tile-link").first.click()
    page.locator("[data-qty]").first.fill("4")
    for choice, name in (("A new list", "Weekly"), ("Weekly (1)", None)):
        page.get_by_role("button", name="Save to list").click()
        expect(page.locator("[data-list-choice] option")).to_have_count(1 if name else 2)
        page.locator("[data-list-choice]").select_option(label=choice)
        if name:
            page.locator("[data-list-name]").fill(name)
        page.locator("#to-list").get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#to-list")).to_be_hidden()
    page.goto("/lists/")
    expect(page.locator("main")).to_contain_text("Weekly")


def test_documents_are_there_to_keep(visit, mugs):
    person = visit(DEALER)
    page = person.sign_in("/catalog/?view=grid&search=mug")
    page.locator(".tile-link").first.click()
    with page.expect_download() as kept:
        page.locator(".documents a").click()
    assert kept.value.suggested_filename == "mug.pdf"


def test_up_to_four_products_stand_side_by_side_across_pages(visit):
    person = visit(DEALER)
    page = person.sign_in("/catalog/?view=list")
    for number in range(5):
        page.locator("[data-compare]").nth(number).click()
    expect(page.locator("#toasts")).to_contain_text("At most four")
    page.goto("/catalog/?view=list&search=PAN-040")
    expect(page.locator(".tray-one")).to_have_count(4)
    page.locator("[data-tray-go]").click()
    expect(page.locator("[data-uncompare]")).to_have_count(4)
    page.locator("[data-uncompare]").first.click()
    expect(page.locator("[data-uncompare]")).to_have_count(3)
