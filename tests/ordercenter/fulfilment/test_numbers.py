"""What the numbers of shipments and receipts begin with."""

from decimal import Decimal

from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from marketplace.graphql import execute
from ordercenter.fulfilment.numbers import change_prefixes, number_prefixes
from ordercenter.fulfilment.receive import ReceiptDraft, receive
from ordercenter.fulfilment.ship import ShipmentDraft, ship
from tests.factories import make_actor
from tests.refusals import raises

SAVE = """mutation($shipment: String, $receipt: String) {
  numberPrefixesUpdate(shipmentPrefix: $shipment, receiptPrefix: $receipt) {
    numberPrefixes { shipmentPrefix receiptPrefix } errors { field code } } }"""


def test_the_count_goes_on_under_a_new_prefix_and_each_side_has_its_own(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 20)
    order = shop.order(("ABC", 6))
    (line,) = order.lines.all()
    (first,) = ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal(2)}))
    change_prefixes(shop.sales, {"shipment_prefix": "FH"})
    (second,) = ship(shop.sales, ShipmentDraft(order.pk, {line.pk: Decimal(2)}))
    assert (first.number, second.number) == ("SH-000001", "FH-000002")
    change_prefixes(shop.dealer, {"receipt_prefix": "RK"})  # before its first receipt
    assert receive(shop.dealer, ReceiptDraft(second.pk)).number == "RK-000001"
    assert number_prefixes(shop.seller.pk) == {"shipment_prefix": "FH", "receipt_prefix": "GR"}


def test_what_is_no_prefix_or_another_documents_is_refused_and_nothing_is_changed(quick_shop):
    shop = quick_shop
    shop.sells("ABC", "10", 20)
    shop.order(("ABC", 1))
    with raises(CoreErrorCode.INVALID, field="shipment_prefix"):
        change_prefixes(shop.sales, {"shipment_prefix": "f h"})
    with raises(CoreErrorCode.DUPLICATE, field="shipment_prefix"):
        change_prefixes(shop.sales, {"shipment_prefix": "SO"})
    with raises(CoreErrorCode.DUPLICATE, field="receipt_prefix"):
        change_prefixes(shop.sales, {"receipt_prefix": "SH"})
    assert number_prefixes(shop.seller.pk) == {"shipment_prefix": "SH", "receipt_prefix": "GR"}


def test_who_manages_the_organization_sets_them_and_it_is_on_record(quick_shop):
    shop = quick_shop
    done = execute(SAVE, {"shipment": "FH"}, actor=shop.sales).data["numberPrefixesUpdate"]
    assert done == {"numberPrefixes": {"shipmentPrefix": "FH", "receiptPrefix": "GR"}, "errors": []}
    event = OutboxEvent.objects.filter(kind="organization.changed").latest("pk")
    assert event.changes == {"shipment_prefix": ["SH", "FH"]}
    again = execute(SAVE, {"shipment": "SO", "receipt": "x"}, actor=shop.sales).data["numberPrefixesUpdate"]
    assert again["errors"] == [{"field": "receiptPrefix", "code": "INVALID"}]
    keeper = make_actor(shop.seller, "seller_warehouse")
    assert execute(SAVE, {"shipment": "X"}, actor=keeper).codes == {"PERMISSION_DENIED"}
