"""Plain products in great numbers."""

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.models import Product, Variant
from marketplace.catalog.plain import PlainProduct, plain_products_create
from tests.refusals import raises
from tests.statements import count_sql


def test_many_articles_take_as_many_statements_as_two_and_are_sold_at_once(stall):
    counts = []
    for letter, number in (("A", 2), ("B", 200)):
        drafts = [PlainProduct(f"{letter}{n}", f"Article {letter}{n}") for n in range(number)]
        with count_sql() as counter:
            plain_products_create(stall.owner, drafts)
        counts.append(counter.count)
    assert counts[0] == counts[1]
    assert Variant.objects.visible_to(stall.dealer).count() == 202


def test_codes_that_are_taken_or_stand_twice_are_refused_all_at_once(stall):
    stall.product("OLD", "Old")
    drafts = [PlainProduct("NEW", "New"), PlainProduct("OLD", "Old"), PlainProduct("NEW", "Again"), PlainProduct("X")]
    with raises(Code.UNIQUE, index=1) as refusal:
        plain_products_create(stall.owner, drafts)
    assert [(error.code, error.index) for error in refusal.errors] == [
        (Code.UNIQUE, 1),
        (Code.UNIQUE, 2),
        (Code.REQUIRED, 3),
    ]
    assert Product.objects.count() == 1
