"""Keeping goods: the list, a product, its variants and pictures, the sheet, brands and the tree of categories."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from marketplace.catalog.attributes import attribute_create
from marketplace.catalog.models import Brand, Category, Pack, Product, Variant
from marketplace.catalog.taxonomy import brand_create, category_create
from tests.e2e.market import SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASTE = """text => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const options = { clipboardData, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
}"""
LANGUAGES = [("en", 1440), ("zh-hans", 390)]


@pytest.fixture(params=LANGUAGES, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def keeper(request, visit):
    """Who keeps the goods, in both languages and widths."""
    language, width = request.param
    person = visit(SELLER, language, width)
    person.sign_in("/office/products/")
    return person


@pytest.fixture
def office(visit):
    """The same at a wide screen, where one works with a keyboard."""
    person = visit(SELLER)
    person.sign_in("/office/products/")
    return person


def toast(person, words, **names):
    expect(person.page.locator("#toasts")).to_contain_text(person.says(words, **names))


def picture(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "PNG")
    return out.getvalue()


def product_of(sku: str) -> Product:
    return Variant.objects.get(sku=sku).product


def open_product(person, sku: str) -> Product:
    product = product_of(sku)
    person.page.goto(f"/office/products/?search={sku}")
    person.page.locator("tbody a").first.click()
    person.page.wait_for_url("**/office/products/UH*/")
    return product


def test_a_product_is_made_and_listed(office):
    page = office.page
    office.button("New product").click()
    form = page.locator("#new-product")
    form.locator("[name='input.nameEn']").fill("Copper kettle")
    form.get_by_label("SKU").fill("PAN-001")
    assert office.flaws() == []
    form.get_by_role("button", name="Create").click()
    expect(form.locator("[aria-invalid=true]")).to_have_value("PAN-001")
    expect(form.locator("[name='input.nameEn']")).to_have_value("Copper kettle")
    form.get_by_label("SKU").fill("KET-1")
    form.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Copper kettle")
    page.locator(".page-head").get_by_role("button", name="List").click()
    page.locator("#listing").get_by_role("button", name="List", exact=True).click()
    expect(page.locator(".page-head")).to_contain_text("Listed")
    assert office.flaws() == []


def test_a_product_is_edited_whole_and_saved_once(keeper, market):
    brand = brand_create(market.sales, {"name_zh": "云杉", "name_en": "Spruce"})
    page = keeper.page
    open_product(keeper, "PAN-021")
    page.locator("[name='product.nameZh']").fill("铜锅")
    page.locator("[name='product.nameEn']").fill("Copper pan")
    page.get_by_label(keeper.says("Brand"), exact=True).select_option(
        label=brand.name_zh if keeper.language != "en" else "Spruce"
    )
    page.locator("[name='variants.0.sku']").fill("COP-021")
    page.locator("[name='variants.0.barcode']").fill("6901234567890")
    assert keeper.flaws() == [] and not keeper.overflows()
    page.locator("[data-save-bar]").get_by_role("button", name=keeper.says("Save")).click()
    toast(keeper, "Saved.")
    changed = product_of("COP-021")
    assert (changed.name_zh, changed.name_en, changed.brand) == ("铜锅", "Copper pan", brand)
    assert Pack.objects.get(variant__sku="COP-021", is_base=True).barcode == "6901234567890"


def test_a_taken_sku_is_refused_in_its_cell_and_nothing_is_lost(office):
    page = office.page
    open_product(office, "PAN-022")
    page.locator("[name='product.nameEn']").fill("Second pan")
    page.locator("[name='variants.0.sku']").fill("PAN-001")
    page.locator("[data-save-bar]").get_by_role("button", name="Save").click()
    expect(page.locator("[name='variants.0.sku'][aria-invalid=true]")).to_have_value("PAN-001")
    expect(page.locator("[name='product.nameEn']")).to_have_value("Second pan")
    assert office.flaws() == []


def test_variants_are_shown_before_they_are_made(keeper, market):
    choices = [{"value": "white", "zh": "白色", "en": "White"}, {"value": "blue", "zh": "蓝色", "en": "Blue"}]
    fields = {"name_zh": "颜色", "name_en": "Colour", "kind": "choice", "choices": choices, "of_variant": True}
    attribute_create(market.sales, fields | {"code": "colour"})
    product = open_product(keeper, "PAN-023")
    keeper.button("Generate variants").click()
    form = keeper.page.locator("#generate")
    form.get_by_label(keeper.says("First attribute")).select_option("colour")
    for label in ("White", "Blue") if keeper.language == "en" else ("白色", "蓝色"):
        form.locator("[data-axis='0']").get_by_label(label).check()
    form.get_by_label(keeper.says("Pattern of the SKUs")).fill("{base}.{1}")
    expect(form.locator("#combinations")).to_contain_text("PAN-023.BLUE")
    assert keeper.flaws() == []
    form.get_by_role("button", name=keeper.says("Make them")).click()
    toast(keeper, "%(variants.count)s variants made.", **{"variants.count": 2})
    assert list(product.variants.order_by("sku").values_list("sku", flat=True)) == [
        "PAN-023",
        "PAN-023.BLUE",
        "PAN-023.WHITE",
    ]


def test_pictures_are_added_together_and_put_in_order(keeper):
    page = keeper.page
    product = open_product(keeper, "PAN-024")
    files = [{"name": f"{c}.png", "mimeType": "image/png", "buffer": picture(c)} for c in ("red", "blue")]
    page.locator("[data-drop] input").set_input_files(files)
    expect(page.locator("[data-media]")).to_have_count(2)
    first = page.locator("[data-media]").first.get_attribute("data-media")
    page.get_by_role("button", name=keeper.says("Move picture %(n)s back") % {"n": 1}).click()
    expect(page.locator("[data-media]").last).to_have_attribute("data-media", first)
    page.locator("[data-dialog='alt-1']").click()
    page.locator("#alt-1-en").fill("A pan from above")
    assert keeper.flaws() == []
    page.locator("#alt-1").get_by_role("button", name=keeper.says("Save")).click()
    expect(page.locator("[data-media-list]")).to_contain_text("A pan from above")
    assert "A pan from above" in product.images.values_list("alt_en", flat=True)


def test_packs_and_quantities_are_kept_in_the_drawer(keeper):
    page = keeper.page
    open_product(keeper, "PAN-025")
    page.locator("a.pack-words").click()
    drawer = page.locator("#drawer")
    drawer.get_by_label(keeper.says("Unit of a new pack")).select_option("CTN")
    drawer.get_by_label(keeper.says("Content of the new pack")).fill("24")
    assert keeper.flaws() == []
    drawer.get_by_role("button", name=keeper.says("Save the packs")).click()
    toast(keeper, "Saved.")
    assert Pack.objects.get(variant__sku="PAN-025", uom__code="CTN").factor == 24


def test_a_block_is_pasted_into_the_sheet_and_saved_at_once(office, market):
    category_create(market.sales, {"name_zh": "锅具", "name_en": "Pans"})
    page = office.page
    page.goto("/office/products/sheet/?search=PAN-03")
    page.locator("[data-goods-sheet][data-ready]").wait_for()
    editor = page.locator(".price-editor")
    page.locator(".price-row").first.locator(".price-cell").nth(1).click()
    page.evaluate(PASTE, "煎锅\tFrying pan\n炒锅\tWok")
    expect(page.locator(".price-cell.changed")).to_have_count(4)
    page.locator(".price-row").first.locator(".price-cell").nth(0).click()
    page.keyboard.type("PAN-001")
    page.keyboard.press("Enter")
    assert office.flaws() == []
    page.locator("[data-price-save]").click()
    wrong = page.locator(".price-cell.wrong")
    expect(wrong).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(wrong).to_have_count(0)
    page.locator("[data-price-save]").click()
    toast(office, "{n} changes saved.".replace("{n}", "4"))
    expect(editor).to_be_focused()
    assert product_of("PAN-030").name_en == "Frying pan" and product_of("PAN-031").name_zh == "炒锅"


def test_the_sheet_works_on_a_phone_in_chinese(visit):
    person = visit(SELLER, "zh-hans", 390)
    person.sign_in("/office/products/sheet/?search=PAN-04")
    person.page.locator("[data-goods-sheet][data-ready]").wait_for()
    assert person.flaws() == [] and not person.overflows()


def test_many_products_are_listed_by_date_and_given_a_brand(office, market):
    brand = brand_create(market.sales, {"name_en": "Spruce"})
    page = office.page
    page.goto("/office/products/?search=PAN-05")
    page.get_by_label("Choose all on this page").check()
    page.locator("#t-products-bulk").get_by_role("button", name="Set category or brand").click()
    page.locator("#bulk-brand").select_option(label="Spruce")
    assert office.flaws() == []
    page.locator("#bulk-assign").get_by_role("button", name="Save").click()
    toast(office, "10 products changed.")
    assert Product.objects.filter(brand=brand).count() == 10


def test_brands_are_made_and_merged(keeper, market):
    old = brand_create(market.sales, {"name_zh": "旧", "name_en": "Old"})
    product = product_of("PAN-001")
    Product.objects.filter(pk=product.pk).update(brand=old)
    page = keeper.page
    page.goto("/office/products/brands/")
    keeper.button("New brand").click()
    page.locator("#brand-zh").fill("云杉")
    page.locator("#brand-en").fill("Spruce")
    page.locator("#brand").get_by_role("button", name=keeper.says("Save")).click()
    toast(keeper, "Saved.")
    assert keeper.flaws() == [] and not keeper.overflows()
    page.locator(
        f"[data-dialog='merge'][data-fill-name='{old.name_en if keeper.language == 'en' else old.name_zh}']"
    ).click()
    page.locator("#merge select").select_option(label="Spruce" if keeper.language == "en" else "云杉")
    page.locator("#merge").get_by_role("button", name=keeper.says("Merge")).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    product.refresh_from_db()
    assert product.brand == Brand.objects.get() and product.brand.name_en == "Spruce"


def test_categories_are_moved_by_arrows_and_by_hand(keeper, market):
    names = (("厨房", "Kitchen"), ("餐桌", "Table"), ("浴室", "Bath"))
    kitchen, table, bath = (
        category_create(market.sales, {"name_zh": zh, "name_en": en, "position": n}) for n, (zh, en) in enumerate(names)
    )
    page = keeper.page
    page.goto("/office/products/categories/")
    name = table.name_en if keeper.language == "en" else table.name_zh
    page.get_by_role("button", name=keeper.says("Move %(name)s in", name=name)).click()
    toast(keeper, "Moved.")
    table.refresh_from_db()
    assert table.parent_id == kitchen.pk
    assert keeper.flaws() == [] and not keeper.overflows()
    grip = page.locator("[data-branch]").last.locator("[data-grip]").bounding_box()
    goal = page.locator("[data-branch]").first.bounding_box()
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, goal["y"] + 20, steps=4)
    page.mouse.move(grip["x"] + 8, goal["y"] + 2, steps=4)
    page.mouse.up()
    expect(page.locator("[data-branch]").first).to_contain_text(
        bath.name_en if keeper.language == "en" else bath.name_zh
    )
    assert list(Category.objects.filter(parent=None).order_by("position")) == [bath, kitchen]
