"""The seller's partners from the invitation to the end of trade, what they are sorted by, and bulletins."""

import pytest
from playwright.sync_api import expect

from marketplace.catalog.models import Assortment
from marketplace.catalog.taxonomy import category_create
from marketplace.graphql import to_global_id
from marketplace.notifications.models import Bulletin, BulletinRead
from marketplace.parties.models import Invitation, PartnerGrade, PartnerGroup, Partnership
from ordercenter.pricing.models import PricePolicyLine
from tests.e2e.market import DEALER, SELLER
from tests.factories import make_grade, make_groups, make_partnership, make_territories

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCREENS = [("en", 1440), ("zh-hans", 390)]


def toast(person, words, **names):
    expect(person.page.locator("#toasts")).to_contain_text(person.says(words, **names))


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_a_partner_is_invited_with_its_terms_and_asked_again(visit, market, photograph, language, width):
    make_groups(market.seller, "EAST")
    sent = {"invitation.email": "first@lakeside.example"}
    office = visit(SELLER, language, width)
    page = office.sign_in("/office/partners/")
    page.get_by_role("link", name=office.says("Invite a partner")).first.click()
    expect(page.locator("[name='input.partnerName']")).to_be_focused()
    assert office.flaws() == []
    photograph(page, f"partner-invite-{language}-{width}", whole=True)
    page.locator("[name='input.partnerName']").fill("Lakeside Living")
    page.locator("[name='input.code']").fill("D-77")
    page.locator("[name='input.email']").fill("first@lakeside.example")
    page.locator("[name='input.terms.group']").select_option(index=1)
    page.locator("[name='input.terms.paymentDays']").fill("45")
    page.get_by_role("combobox", name=office.says("Starts with the price list")).fill(market.list.code)
    page.locator(".combo-list:visible [role=option]").first.click()
    office.button("Send the invitation").click()
    toast(office, "The invitation to %(invitation.email)s is on its way.", **sent)
    partnership = Partnership.objects.get(code="D-77")
    assert (partnership.payment_days, partnership.group.code) == (45, "EAST")
    assert PricePolicyLine.objects.get(partnership=partnership).price_list == market.list
    page.goto("/office/partners/invitations/")
    expect(page.get_by_text("first@lakeside.example").first).to_be_visible()
    assert office.flaws() == []
    assert not office.overflows()
    page.get_by_role("button", name=f"{office.says('Withdraw')} first@lakeside.example").click()
    page.locator("#confirm").get_by_role("button", name=office.says("Withdraw"), exact=True).click()
    toast(office, "The invitation to %(invitation.email)s is withdrawn.", **sent)
    assert Invitation.objects.get().status == "withdrawn"


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_terms_change_trade_is_suspended_and_taken_up_again(visit, market, photograph, language, width):
    grade = make_grade(market.seller)
    market.order(("PAN-001", 6))
    office = visit(SELLER, language, width)
    address = f"/office/partners/{to_global_id('Partnership', market.buyer.pk)}/"
    page = office.sign_in(address)
    page.locator("[name='input.grade']").focus()  # by the keyboard: the guard passes over what scripts change
    page.keyboard.press("ArrowDown")
    page.locator("[data-save-bar]").get_by_role("button", name=office.says("Save"), exact=True).click()
    toast(office, "Saved.")
    expect(page.locator("[name='input.grade']")).to_have_value(to_global_id("PartnerGrade", grade.pk))
    page.locator("[name='input.grade']").focus()
    page.keyboard.press("ArrowUp")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("[data-save-bar]").get_by_role("button", name=office.says("Save"), exact=True).click()
    expect(page.locator("[name='input.grade']")).to_have_value("")
    market.buyer.refresh_from_db()
    assert market.buyer.grade is None
    for tab in ("", "prices/", "goods/", "orders/", "people/", "addresses/", "history/"):
        page.goto(address + tab)
        assert office.flaws() == [], tab
        assert not office.overflows(), tab
        photograph(page, f"partner-{tab.strip('/')}-{language}-{width}")
    page.locator("details.dropdown summary", has_text=office.says("More actions")).click()
    page.get_by_role("button", name=office.says("Suspend trade"), exact=True).first.click()
    dialog = page.locator("#suspend")
    dialog.get_by_label(office.says("Reason")).fill("Unpaid since May")
    assert office.flaws() == []
    dialog.get_by_role("button", name=office.says("Suspend trade"), exact=True).click()
    expect(page.locator(".notice")).to_contain_text("Unpaid since May")
    office.button("Resume").click()
    expect(page.locator(".notice")).to_have_count(0)


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_what_a_partner_sees_is_narrowed_by_an_assortment_and_shown_again(visit, market, photograph, language, width):
    pans = category_create(market.sales, {"name_en": "Pans", "name_zh": "煎锅"})
    office = visit(SELLER, language, width)
    address = f"/office/partners/{to_global_id('Partnership', market.buyer.pk)}/goods/"
    page = office.sign_in(address)
    page.get_by_role("link", name=office.says("New assortment")).first.click()
    page.locator("[name='input.nameEn']").fill("No pans")
    page.locator("[name='input.nameZh']").fill("不含煎锅")
    page.locator("[name='input.excludedCategories']").check()
    assert office.flaws() == [] and not office.overflows()
    photograph(page, f"partner-assortment-{language}-{width}", whole=True)
    office.button("Save").click()
    toast(office, "Saved.")
    made = Assortment.objects.get()
    assert (made.partnership, [line.category for line in made.lines.filter(excluded=True)]) == (market.buyer, [pans])
    page.get_by_role("link", name="No pans" if language == "en" else "不含煎锅").click()
    expect(page.locator("[name='input.excludedCategories']")).to_be_checked()
    page.goto(address)
    assert office.flaws() == []
    page.locator("tbody form .btn-icon").click()
    page.locator("#confirm").get_by_role("button", name=office.says("End it"), exact=True).click()
    expect(page.get_by_text(office.says("This partner sees everything you have listed"))).to_be_visible()


def test_many_partners_get_a_group_at_once(visit, market):
    east = make_groups(market.seller, "EAST")[0]
    for n in range(3):
        make_partnership(market.seller, f"Dealer {n}")
    office = visit(SELLER)
    page = office.sign_in("/office/partners/")
    page.get_by_label("Choose all on this page").check()
    office.button("Set group, grade or territory").click()
    dialog = page.locator("#bulk-sort")
    assert office.flaws() == []
    dialog.get_by_label("Partner group", exact=True).select_option(to_global_id("PartnerGroup", east.pk))
    dialog.get_by_role("button", name="Save").click()
    toast(office, "Saved.")
    assert set(Partnership.objects.filter(upstream=market.seller).values_list("group", flat=True)) == {east.pk}


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_groups_and_grades_are_made_moved_by_keyboard_and_guarded(visit, market, language, width):
    make_groups(market.seller, "EAST", "ZJ")
    make_territories(market.seller, "CN")
    make_grade(market.seller, "A", 1)
    make_grade(market.seller, "B", 2)
    office = visit(SELLER, language, width)
    page = office.sign_in("/office/partners/groups/")
    office.button("New group").click()
    dialog = page.locator("#new-node")
    dialog.locator("[name='input.code']").fill("WEST")
    dialog.locator("[name='input.nameEn']").fill("West")
    assert office.flaws() == []
    dialog.get_by_role("button", name=office.says("Create"), exact=True).click()
    toast(office, "Saved.")
    page.locator(".node", has_text="West").locator(".node-name").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(".node", has_text="West")).to_have_class("node level-1")
    west = PartnerGroup.objects.get(code="WEST")
    assert west.parent.code == "EAST"
    assert office.flaws() == []
    assert not office.overflows()
    page.goto("/office/partners/grades/")
    page.locator(".node-name").nth(1).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".node").first).to_contain_text("B")
    assert list(PartnerGrade.objects.order_by("position").values_list("code", flat=True)) == ["B", "A"]
    assert office.flaws() == []
    page.goto("/office/partners/territories/")
    assert office.flaws() == []


@pytest.mark.parametrize(("language", "width"), SCREENS)
def test_a_bulletin_is_written_published_and_read_once(visit, market, photograph, language, width):
    office = visit(SELLER, language, width)
    page = office.sign_in("/office/bulletins/new/")
    page.locator("[name='input.titleZh']").fill("春季订货会")
    page.locator("[name='input.titleEn']").fill("Spring fair")
    page.locator("[name='input.bodyZh']").fill("整箱优惠。")
    expect(page.locator("[data-shows='input.titleZh']")).to_have_text("春季订货会")
    assert office.flaws() == []
    assert not office.overflows()
    photograph(page, f"bulletin-new-{language}-{width}", whole=True)
    office.button("Save as a draft").click()
    office.button("Publish").click()
    toast(office, "The bulletin is published.")
    assert office.flaws() == []
    dealer = visit(DEALER, language, width)
    page = dealer.sign_in("/bulletins/")
    assert dealer.flaws() == []
    assert not dealer.overflows()
    photograph(page, f"bulletins-{language}-{width}")
    title = {"en": "Spring fair", "zh-hans": "春季订货会"}[language]
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("a.news", has_text=title).click()
    expect(page.locator(".bulletin-body")).to_have_text("整箱优惠。")
    assert dealer.flaws() == []
    page.goto("/bulletins/")
    expect(page.locator("a.news.is-unread")).to_have_count(0)
    assert BulletinRead.objects.filter(bulletin=Bulletin.objects.get()).count() == 1


def test_the_dealers_view_says_so_while_one_scrolls_and_ends_by_one_click(visit, market):
    market.order(("PAN-001", 6))
    office = visit(SELLER, width=390)
    page = office.sign_in(f"/office/partners/{to_global_id('Partnership', market.buyer.pk)}/")
    office.button("View as this dealer").click()
    page.wait_for_url("**/home/")
    for address in ("/catalog/", "/orders/", "/bulletins/"):
        page.goto(address)
        page.mouse.wheel(0, 2000)
        expect(page.locator(".banner")).to_be_in_viewport()
        assert office.flaws() == [], address
        assert not office.overflows(), address
    office.button("Leave this view").click()
    page.wait_for_url("**/office/partners/")
