"""Barcodes: a hand scanner, the field, and a camera that shows one."""

import pytest
from playwright.sync_api import expect

from tests.e2e.sheet import at_the_pad, cell, open_pad, typed

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CODE = "6901234567892"

#: A camera that looks at an EAN-13.
CAMERA = """
(() => {
  const L = ["0001101","0011001","0010011","0111101","0100011","0110001","0101111","0111011","0110111","0001011"];
  const G = L.map((code) => [...code].reverse().map((bit) => (bit === "0" ? "1" : "0")).join(""));
  const R = L.map((code) => [...code].map((bit) => (bit === "0" ? "1" : "0")).join(""));
  const P = ["LLLLLL","LLGLGG","LLGGLG","LLGGGL","LGLLGG","LGGLLG","LGGGLL","LGLGLG","LGLGGL","LGGLGL"];
  const code = "%s";
  const left = [...code.slice(1, 7)].map((n, at) => (P[code[0]][at] === "L" ? L : G)[n]).join("");
  const right = [...code.slice(7)].map((n) => R[n]).join("");
  const bars = `101${left}01010${right}101`;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 400];
  const paint = canvas.getContext("2d");
  const draw = () => {
    paint.fillStyle = "#fff";
    paint.fillRect(0, 0, 640, 400);
    paint.fillStyle = "#000";
    [...bars].forEach((bar, at) => bar === "1" && paint.fillRect(130 + at * 4, 100, 4, 200));
  };
  navigator.mediaDevices.getUserMedia = async () => {
    draw();
    setInterval(draw, 100);
    return canvas.captureStream(10);
  };
})();
"""


@pytest.fixture
def boxed(market):
    """Goods whose box has a barcode."""
    variant = market.goods["PAN-001"]
    variant.packs.filter(uom__code="BOX").update(barcode=CODE)
    return variant


def test_the_same_code_again_is_one_more(visit, boxed):
    page = at_the_pad(visit)
    page.get_by_role("button", name="Scan", exact=True).click()
    field = page.get_by_label("Scan or type a code")
    for code in (CODE, "PAN-011", CODE):
        field.fill(code)
        page.keyboard.press("Enter")
    expect(page.locator("[data-pad-scan-log] li").first).to_have_text(f"{CODE} × 2")
    page.get_by_role("button", name="Done").click()
    assert typed(page) == [(CODE, "2"), ("PAN-011", "1")]
    expect(cell(page, 1, "name")).to_contain_text("PAN-001")


def test_a_hand_scanner_is_known_by_its_speed(visit, boxed):
    page = at_the_pad(visit)
    for _time in range(2):
        page.evaluate(
            """code => {
                const field = document.activeElement;
                const key = (name) => field.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
                for (const digit of code) {
                    key(digit);
                    field.value = (field.classList.contains("editing") ? field.value : "") + digit;
                    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
                }
                key("Enter");
            }""",  # noqa: E501
            CODE,
        )
    assert typed(page) == [(CODE, "2")]


def test_a_camera_reads_a_barcode_where_the_browser_has_no_reader(visit, boxed):
    person = visit("buyer@yunqi.example")
    person.context.add_init_script(CAMERA % CODE)
    person.context.add_init_script("delete globalThis.BarcodeDetector")
    page = person.sign_in("/orders/new/")
    open_pad(page)
    page.get_by_role("button", name="Scan", exact=True).click()
    expect(page.locator("[data-pad-scan-log] li").first).to_have_text(f"{CODE} × 1")
    page.get_by_role("button", name="Done").click()
    assert typed(page) == [(CODE, "1")]
