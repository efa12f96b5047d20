"""A company and its people: who is invited joins, gets a role and loses the seat; keys, departments, the audit log."""

import pytest
from playwright.sync_api import expect

from marketplace.core.outbox import dispatch_all
from marketplace.parties.invitation_mail import link_of
from marketplace.parties.models import Invitation, InvitationStatus, Membership, Role
from tests.e2e.market import DEALER, SELLER

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOTH = pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
NEW = "li.na@xinghe.example"
PASSWORD = "a-long-way-to-the-quay"


def invite(person) -> str:
    """Ask somebody to join, as sales; the path of the link in the mail."""
    page = person.sign_in("/company/users/")
    person.button("Invite a user").click()
    dialog = page.get_by_role("dialog", name=person.says("Invite a user"))
    dialog.get_by_label(person.says("E-mail")).fill(NEW)
    dialog.get_by_label(person.says("Full name")).fill("Li Na")
    dialog.locator("[name='input.language']").select_option(person.language)
    dialog.locator("[name='input.roles'][type=checkbox]").first.check()
    assert person.flaws() == []
    dialog.get_by_role("button", name=person.says("Send the invitation")).click()
    expect(page.locator("#waiting")).to_contain_text(NEW)
    address = link_of(Invitation.objects.get(email=NEW, status=InvitationStatus.SENT))
    return "/invitations/" + address.rpartition("/invitations/")[2]


@BOTH
def test_who_is_invited_joins_changes_and_goes(visit, photograph, market, language, width):
    owner = visit(SELLER, language, width)
    link = invite(owner)
    guest = visit("", language, width)
    guest.page.goto(link)
    assert guest.flaws() == []
    photograph(guest.page, f"invitation-{language}-{width}")
    guest.page.get_by_label(guest.says("Choose a password")).fill("1234567890")
    guest.button("Accept and join").click()
    expect(guest.page.locator("[aria-invalid=true]")).to_be_visible()
    guest.page.get_by_label(guest.says("Choose a password")).fill(PASSWORD)
    guest.button("Accept and join").click()
    guest.page.wait_for_url(lambda url: "/invitations/" not in url)
    seat = Membership.objects.get(user__email=NEW)
    assert seat.organization == market.seller and seat.roles.count() == 1

    page = owner.page
    page.goto("/company/users/")
    expect(page.locator("#waiting")).to_have_count(0)
    page.get_by_role("link", name="Li Na").click()
    drawer = page.locator("#drawer")
    drawer.locator("[name=roles][type=checkbox]").nth(1).check()
    drawer.get_by_role("button", name=owner.says("Save"), exact=True).click()
    expect(page.locator("#drawer")).not_to_be_visible()
    assert seat.roles.count() == 2
    page.get_by_role("link", name="Li Na").click()
    drawer.get_by_role("button", name=owner.says("Suspend"), exact=True).click()
    page.locator("#confirm [data-yes]").click()
    expect(page.locator("#drawer")).not_to_be_visible()
    seat.refresh_from_db()
    assert not seat.is_active
    photograph(page, f"users-{language}-{width}")
    assert owner.flaws() == [] and not owner.overflows()


def test_the_last_owner_stays(visit, market):
    others = Membership.objects.filter(organization=market.buyer.downstream).exclude(user__email=DEALER)
    others.update(is_active=False)
    page = visit(DEALER).sign_in("/company/users/")
    page.get_by_role("link", name="Chen Mei").click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("button", name="Suspend", exact=True)).to_have_count(0)
    drawer.locator("[name=roles][type=checkbox]:checked").uncheck()
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(drawer).to_contain_text("keeps at least one owner")


def test_a_link_that_ended_says_why_and_one_for_somebody_else_asks_to_sign_out(visit, market):
    owner = visit(SELLER)
    link = invite(owner)
    other = visit(DEALER)
    other.sign_in("/company/")
    other.page.goto(link)
    expect(other.page.get_by_role("main")).to_contain_text(f"This invitation is for {NEW}")
    other.button("Sign out and go on").click()
    expect(other.page.get_by_label("Choose a password")).to_be_visible()
    other.button("No, thank you").click()
    expect(other.page.get_by_role("heading")).to_have_text("You said no")
    other.page.goto("/invitations/nobody-sent-this/")
    expect(other.page.get_by_role("heading")).to_have_text("This link does not work")
    assert other.flaws() == []


@BOTH
def test_a_role_is_copied_and_a_department_made(visit, market, language, width):
    person = visit(DEALER, language, width)
    page = person.sign_in("/company/roles/")
    page.get_by_role("link", name=person.says("Copy this role")).first.click()
    page.locator("[name='input.nameZh']").fill("夜班")
    page.locator("[name='input.nameEn']").fill("Night shift")
    page.get_by_label(person.says("Code")).fill("night")
    first = page.locator("[name='input.permissions'][type=checkbox]:checked").first
    code = first.get_attribute("value")
    first.uncheck()
    person.button("Make the role").click()
    page.wait_for_url(lambda url: "/new/" not in url)
    role = Role.objects.get(organization=market.buyer.downstream, code="night")
    assert role.permissions and code not in role.permissions
    assert person.flaws() == []
    page.goto("/company/departments/")
    person.button("New department").first.click()
    page.locator("#new-unit [name='input.nameZh']").fill("采购部")
    page.locator("#new-unit [name='input.code']").fill("BUY")
    page.locator("#new-unit .btn-primary").click()
    expect(page.locator(".unit-tree")).to_contain_text("采购部")
    assert person.flaws() == [] and not person.overflows()


def test_a_key_is_shown_once_and_told_of_in_the_audit_log(visit, market):
    person = visit(SELLER)
    page = person.sign_in("/company/keys/")
    person.button("New key").first.click()
    page.locator("#new-key").get_by_label("Name").fill("Warehouse")
    page.locator("#new-key [name='input.role']").select_option(index=1)
    person.button("Make the key").click()
    secret = page.locator("#made-secret").input_value()
    assert len(secret) > 30
    assert person.flaws() == []
    person.button("I have kept it").click()
    page.goto("/company/keys/")
    assert secret not in page.content()
    person.button("Revoke Warehouse").click()
    page.locator("#confirm [data-yes]").click()
    expect(page.locator("main table")).to_contain_text("Revoked")
    dispatch_all()
    page.goto("/company/audit/?documentKind=api_key")
    for _turn in range(20):  # the log is written from the outbox
        if page.get_by_text("API key revoked").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    expect(page.locator("main table")).to_contain_text("API key revoked")
    with page.expect_download() as found:
        page.get_by_label("Export").click()
        page.get_by_role("link", name="Text (CSV)").click()
    assert "API key created" in found.value.path().read_text("utf-8-sig")


@BOTH
def test_addresses_and_order_rules_are_kept(visit, market, language, width):
    person = visit(SELLER, language, width)
    page = person.sign_in("/company/addresses/")
    person.button("New address").first.click()
    form = page.locator("#address")
    for name, text in {"recipient": "Lin Yue", "city": "Bristol", "street": "1 Quay Street", "phone": "1"}.items():
        form.locator(f"[name='input.{name}']").fill(text)
    form.locator("[name='input.country']").select_option("GB")
    fields = form.locator("[data-address] .form-control").evaluate_all("all => all.map(one => one.name)")
    assert fields.index("input.street") < fields.index("input.city") < fields.index("input.postalCode")
    form.locator(".btn-primary").click()
    expect(page.locator(".address-list")).to_contain_text("1 Quay Street, Bristol")
    page.goto("/company/rules/")
    page.locator("[name='input.numberPrefix']").fill("xh")
    page.locator("[data-save-bar] .btn-primary").click()
    expect(page.locator("[data-prefix-shown]")).to_have_text("XH")
    page.goto("/company/numbers/")
    page.locator("[name='shipmentPrefix']").fill("FH")
    page.locator("[data-save-bar] .btn-primary").click()
    expect(page.locator("[name='shipmentPrefix']")).to_have_value("FH")
    page.evaluate("scrollTo(0, 0)")  # under the bar that sticks to the top, a link has no room to be hit
    assert person.flaws() == [] and not person.overflows()
