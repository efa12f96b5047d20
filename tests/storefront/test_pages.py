"""Pages as the server answers them: what is there for whom, what a refusal says, how many statements each takes."""

import json
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client

from marketplace.graphql import to_global_id
from marketplace.parties.models import Membership, Role, User
from tests.e2e.market import DEALER

BUYING = (
    "/home/",
    "/catalog/",
    "/orders/new/",
    "/carts/",
    "/orders/",
    "/lists/",
    "/profile/",
    "/notifications/",
    "/bulletins/",
)
SELLING = (
    "/office/",
    "/office/orders/",
    "/office/orders/new/",
    "/office/partners/",
    "/office/partners/invite/",
    "/office/partners/invitations/",
    "/office/partners/groups/",
    "/office/partners/grades/",
    "/office/partners/territories/",
    "/office/bulletins/",
    "/office/bulletins/new/",
    "/office/products/",
    "/office/prices/",
    "/office/stock/",
    "/office/stock/moves/",
    "/office/imports/",
    "/style/",
)


def gid(row) -> str:
    return to_global_id(type(row).__name__, row.pk)


@pytest.mark.parametrize("address", BUYING)
def test_a_buyers_page_takes_its_statements(sql_count, dealer, market, address):
    market.order(("PAN-001", 6), ("PAN-011", 2))
    dealer.get(address)  # what is read once in a process is not counted
    with sql_count(f"page {address}"):
        assert dealer.get(address).status_code == 200


@pytest.mark.parametrize("address", SELLING)
def test_a_sellers_page_takes_its_statements(sql_count, seller, market, address):
    market.order(("PAN-001", 6), ("PAN-011", 2))
    seller.get(address)
    with sql_count(f"page {address}"):
        assert seller.get(address).status_code == 200


def test_an_order_takes_the_same_statements_for_1_line_and_for_40(sql_count, dealer, market):
    for lines in (1, 40):
        order = market.order(*((sku, 6) for sku in list(market.goods)[10 : 10 + lines]))
        dealer.get(f"/orders/{gid(order)}/")
        with sql_count("page /orders/<order>/"):
            assert dealer.get(f"/orders/{gid(order)}/").status_code == 200


def test_a_product_takes_its_statements(sql_count, dealer, market):
    address = f"/catalog/{to_global_id('Product', market.goods['PAN-001'].product_id)}/"
    dealer.get(address)
    with sql_count("page /catalog/<product>/"):
        assert dealer.get(address).status_code == 200


@pytest.mark.parametrize("address", [*BUYING, *SELLING])
def test_a_page_sends_strangers_to_sign_in_and_brings_them_back(db, address):
    response = Client().get(address)
    assert (response.status_code, response.url) == (302, f"{settings.LOGIN_URL}?next={address}")


def test_an_order_of_others_is_not_there(seller, market):
    assert seller.get(f"/orders/{to_global_id('Order', 4711)}/").status_code == 404
    assert seller.get("/orders/nonsense/").status_code == 404


def test_the_office_is_closed_to_a_dealer(dealer):
    assert dealer.get("/office/products/").status_code == 403


def test_a_part_is_sent_alone_and_only_if_the_page_has_it(dealer, market):
    address = f"/orders/{gid(market.order(('PAN-001', 6)))}/"
    part = dealer.get(address, {"part": "live"}).content.decode()
    assert part.lstrip().startswith('<div id="live"')
    assert "<html" in dealer.get(address, {"part": "anything"}).content.decode()


def test_a_refused_form_comes_back_with_what_was_typed_and_why(dealer, market):
    order = market.order(("PAN-002", 6))
    line = order.lines.get()
    form = {"do": "Change", "input.order": gid(order), "input.baseVersion": order.version}
    form |= {"input.lines.0.line": gid(line), "input.lines.0.quantity": "7"}
    response = dealer.post(f"/orders/{gid(order)}/", form)
    assert response.status_code == 422
    assert "sold in steps of 6" in response.content.decode()


def test_a_good_form_moves_on_and_tells(dealer, market):
    order = market.order(("PAN-001", 6))
    response = dealer.post(f"/orders/{gid(order)}/", {"do": "Cancel", "reason": "Twice"}, follow=True)
    assert [(unquote(address), status) for address, status in response.redirect_chain] == [
        (f"/orders/{gid(order)}/", 303)
    ]
    assert "The order is cancelled." in response.content.decode()


def test_scripts_get_the_bare_data(dealer, market):
    lines = [{"code": "PAN-001", "quantity": "2"}, {"code": "nobody sells this", "quantity": "1"}]
    body = {"do": "CheckLines", "variables": {"seller": gid(market.seller), "lines": lines}}
    response = dealer.post(
        "/orders/new/", json.dumps(body), content_type="application/json", headers={"accept": "application/json"}
    )
    check = response.json()["orderPasteParse"]
    assert (check["goodCount"], check["badCount"]) == (1, 1)
    assert [line["errorCode"] for line in check["lines"]] == [None, "UNKNOWN_VARIANT"]


def test_a_quiet_form_answers_with_a_toast_alone(dealer, market):
    form = {
        "do": "AddToCart",
        "quiet": "1",
        "input.seller": gid(market.seller),
        "input.mode": "ADD",
        "input.lines.0.variant": gid(market.goods["PAN-020"]),
        "input.lines.0.quantity": "3",
    }
    response = dealer.post("/catalog/", form)
    assert response.status_code == 204
    assert json.loads(response["HX-Trigger"])["toast"]["kind"] == "success"
    form["input.lines.0.quantity"] = "0.5"
    refused = json.loads(dealer.post("/catalog/", form)["HX-Trigger"])["toast"]
    assert refused["kind"] == "danger"


@pytest.mark.parametrize("sent", ["{", "[]", '{"do": "Nothing"}', '{"do": "Timeline"}'])
def test_nonsense_from_a_script_is_not_found(dealer, sent):
    assert dealer.post("/orders/new/", sent, content_type="application/json").status_code == 404


def test_a_forms_token_is_checked(market):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/orders/new/", {"do": "ToCart"}).status_code == 403


def test_the_start_sends_each_to_their_work(dealer, seller):
    assert dealer.get("/").url == "/home/"
    assert seller.get("/").url == "/office/"
    assert Client().get("/").url == settings.LOGIN_URL


def test_a_goal_outside_is_never_gone_to(dealer):
    response = dealer.post("/session/theme/", {"theme": "dark", "next": "https://evil.example/"})
    assert (response.url, response.cookies["theme"].value) == ("/", "dark")


def test_the_language_is_kept_on_the_user(dealer):
    response = dealer.post("/session/language/", {"language": "zh-hans", "next": "/home/"})
    assert response.url == "/home/"
    del dealer.cookies["django_language"]
    again = dealer.get("/home/")
    assert '<html lang="zh-hans"' in again.content.decode()
    assert again.cookies["django_language"].value == "zh-hans"


def test_somebody_with_two_seats_works_for_one_at_a_time(dealer, market):
    user = User.objects.get(email=DEALER)
    seat = Membership.objects.create(organization=market.seller, user=user)
    seat.roles.set(Role.objects.filter(organization=market.seller, preset="seller_owner"))
    assert gid(market.seller) in dealer.get("/home/").content.decode()
    assert dealer.post("/session/organization/", {"organization": gid(market.seller)}).url == "/"
    assert dealer.get("/").url == "/office/"
    assert dealer.get("/office/products/").status_code == 200
    dealer.post("/session/organization/", {"organization": to_global_id("Organization", 4711)})
    assert dealer.get("/office/products/").status_code == 200
