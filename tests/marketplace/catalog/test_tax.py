"""Tax: which rate holds for a line, by category, seller, date and buyer."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.goods import GoodsRequest, load_goods
from marketplace.catalog.listings import listing_write
from marketplace.catalog.models import Product, TaxCategory, TaxRate
from marketplace.catalog.products import product_create, product_update
from marketplace.catalog.sheet import ProductChange, goods_write
from marketplace.catalog.tax import (
    tax_category_create,
    tax_category_delete,
    tax_category_update,
    tax_preset_apply,
    tax_rate_remove,
    tax_rate_write,
)
from marketplace.core.errors import CoreErrorCode
from marketplace.core.instants import BEGINNING, FOREVER
from marketplace.parties.models import PartnerTax
from marketplace.parties.tax import partner_tax_write
from tests.factories import make_actor, make_partnership
from tests.refusals import raises
from tests.statements import count_sql


def goods(stall, variant, at=None, partnership=None, actor=None):
    partnership = partnership or stall.partnership
    request = GoodsRequest("line", partnership.pk, variant.pk, at=at)
    return load_goods(actor or stall.dealer, partnership.upstream_id, [request])["line"]


@pytest.fixture
def vat(stall):
    return {row.code: row for row in tax_preset_apply(stall.owner)}


def test_the_preset_sets_up_chinese_vat_once(stall, vat):
    rates = {row.code: row.rates.get().rate for row in vat.values()}
    assert rates == {"vat-13": D("0.13"), "vat-9": D("0.09"), "vat-6": D("0.06"), "vat-0": 0, "vat-exempt": 0}
    assert vat["vat-13"].is_default
    assert (vat["vat-0"].kind, vat["vat-exempt"].kind) == ("zero_rated", "exempt")
    tax_category_update(stall.owner, vat["vat-9"].pk, {"name_en": "Food"})
    tax_preset_apply(stall.owner)
    assert TaxCategory.objects.filter(organization=stall.seller).count() == 5
    assert TaxCategory.objects.get(pk=vat["vat-9"].pk).name_en == "Food"


def test_a_line_has_the_rate_of_its_category_at_its_instant(stall, vat):
    variant = stall.variant(tax_rate=D("0.5"), tax_category_id=vat["vat-13"].pk)
    tax_rate_write(stall.owner, vat["vat-13"].pk, D("0.12"), date(2027, 1, 1))
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC)  # in Shanghai the year has just begun
    assert goods(stall, variant).tax_rate == D("0.13")
    assert goods(stall, variant, midnight - timedelta(microseconds=1)).tax_rate == D("0.13")
    assert goods(stall, variant, midnight).tax_rate == D("0.12")


def test_a_product_without_category_keeps_its_own_rate(stall, vat):
    variant = stall.variant(tax_rate=D("0.05"))
    assert goods(stall, variant).tax_rate == D("0.05")
    assert goods(stall, stall.variant("PAN-1")).tax_rate == D("0.13"), "the seller's default"


def test_where_no_rate_is_in_force_the_products_own_holds(stall):
    category = tax_category_create(stall.owner, {"name_en": "New"}, D("0.08"))
    variant = stall.variant(tax_rate=D("0.03"), tax_category_id=category.pk)
    TaxRate.objects.filter(category=category).update(valid_from=timezone.now() + timedelta(days=1))
    assert goods(stall, variant).tax_rate == D("0.03")


def test_who_sells_on_takes_its_own_category_of_that_code(stall, vat):
    variant = stall.variant(tax_category_id=vat["vat-13"].pk)
    partnership = make_partnership(stall.partnership.downstream, "Sub-dealer")
    reseller = make_actor(stall.partnership.downstream)
    listing_write(reseller, [], [variant.pk])
    buyer = make_actor(partnership.downstream)
    assert goods(stall, variant, None, partnership, buyer).tax_rate == D("0.13")
    own = tax_category_create(reseller, {"name_en": "Small trader", "code": "vat-13"}, D("0.03"))
    assert goods(stall, variant, None, partnership, buyer).tax_rate == D("0.03")
    assert goods(stall, variant).tax_rate == D("0.13"), "the maker's own buyers are not concerned"
    assert own.code == "vat-13"


@pytest.mark.parametrize("treatment", ["exempt", "reverse_charge"])
def test_a_partner_that_is_exempt_or_charged_in_reverse_pays_no_tax_while_it_holds(stall, vat, treatment):
    variant = stall.variant(tax_category_id=vat["vat-13"].pk)
    today = timezone.localdate()
    window = today - timedelta(days=1), today + timedelta(days=10)
    partner_tax_write(stall.owner, stall.partnership.pk, treatment, "Certificate 7", *window)
    line = goods(stall, variant)
    assert (line.tax_rate, line.tax_treatment, line.tax_reason) == (0, treatment, {"tax": treatment})
    assert goods(stall, variant, timezone.now() + timedelta(days=12)).tax_rate == D("0.13")
    assert goods(stall, variant, timezone.now() - timedelta(days=4)).tax_rate == D("0.13")
    other = goods(stall, variant, None, stall.other, stall.second)
    assert (other.tax_rate, other.tax_treatment, other.tax_reason) == (D("0.13"), "standard", {})
    partner_tax_write(stall.owner, stall.partnership.pk, "standard")
    assert goods(stall, variant).tax_rate == D("0.13")
    assert PartnerTax.objects.filter(partnership=stall.partnership).count() == 1, "what held stays on record"


def test_exempt_goods_say_so(stall, vat):
    line = goods(stall, stall.variant(tax_category_id=vat["vat-exempt"].pk))
    assert (line.tax_rate, line.tax_kind, line.tax_reason) == (0, "exempt", {"tax": "exempt"})


def test_tax_costs_no_statement(stall, vat):
    variant = stall.variant(tax_category_id=vat["vat-13"].pk)
    with count_sql() as statements:
        goods(stall, variant)
    assert statements.count == 1


def test_no_two_rates_hold_at_one_instant(stall, vat):
    row = TaxRate.objects.get(category=vat["vat-13"])
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRate.objects.create(organization=stall.seller, category=row.category, rate=D("0.1"))


def test_a_rate_holds_until_the_next_one_that_was_written(stall, vat):
    category = vat["vat-13"]
    tax_rate_write(stall.owner, category.pk, D("0.10"), date(2030, 1, 1))
    tax_rate_write(stall.owner, category.pk, D("0.11"), date(2028, 1, 1))
    rows = list(TaxRate.objects.filter(category=category).order_by("valid_from"))
    assert [row.rate for row in rows] == [D("0.13"), D("0.11"), D("0.10")]
    assert (rows[0].valid_from, rows[-1].valid_to) == (BEGINNING, FOREVER)
    assert all(one.valid_to == two.valid_from for one, two in pairwise(rows))
    tax_rate_remove(stall.owner, rows[1].pk)
    rows = list(TaxRate.objects.filter(category=category).order_by("valid_from"))
    assert [row.rate for row in rows] == [D("0.13"), D("0.10")]
    assert rows[0].valid_to == rows[1].valid_from


def test_what_is_wrong_with_categories_and_rates_is_refused(stall, vat):
    owner, pk = stall.owner, vat["vat-13"].pk
    with raises(Code.INVALID, field="tax_rate"):
        tax_rate_write(owner, pk, D("1.5"))
    with raises(Code.INVALID, field="rate"):
        tax_rate_write(owner, vat["vat-exempt"].pk, D("0.01"))
    with raises(Code.INVALID, field="kind"):
        tax_category_update(owner, pk, {"kind": "exempt"})
    with raises(Code.UNIQUE, field="code"):
        tax_category_create(owner, {"name_en": "Again", "code": "vat-9"})
    with raises(Code.REQUIRED, field="name"):
        tax_category_create(owner, {})
    with raises(CoreErrorCode.NOT_FOUND, field="id"):
        tax_category_update(stall.stranger, pk, {"name_en": "Mine"})
    with raises(Code.INVALID_TRANSITION, field="id"):
        tax_rate_remove(owner, TaxRate.objects.get(category=pk).pk)
    stall.variant(tax_category_id=pk)
    with raises(Code.IN_USE, field="id"):
        tax_category_delete(owner, pk)
    tax_category_delete(owner, vat["vat-6"].pk)
    assert not TaxCategory.objects.filter(pk=vat["vat-6"].pk).exists()
    with raises(CoreErrorCode.NOT_FOUND, field="tax_category"):
        product_create(stall.stranger, {"name_en": "Cup", "tax_category_id": pk})
    with raises(CoreErrorCode.PERMISSION_DENIED):
        tax_preset_apply(make_actor(stall.seller, "seller_sales"))


def test_there_is_one_default(stall, vat):
    tax_category_update(stall.owner, vat["vat-9"].pk, {"is_default": True})
    assert [row.code for row in TaxCategory.objects.filter(is_default=True)] == ["vat-9"]


def test_a_rate_by_hand_takes_a_product_out_of_its_category(stall, vat):
    product = stall.product(tax_category_id=vat["vat-13"].pk, tax_rate=D("0.13"))
    product_update(stall.owner, product.pk, {"tax_rate": D("0.13"), "name_en": "Cup"})
    assert Product.objects.get(pk=product.pk).tax_category_id == vat["vat-13"].pk, "the same rate changes nothing"
    product_update(stall.owner, product.pk, {"tax_rate": D("0.07")})
    assert Product.objects.get(pk=product.pk).tax_category_id is None
    goods_write(stall.owner, [ProductChange(product.pk, {"tax_category_id": vat["vat-9"].pk})])
    assert Product.objects.get(pk=product.pk).tax_category_id == vat["vat-9"].pk
    goods_write(stall.owner, [ProductChange(product.pk, {"tax_rate": D("0.05")})])
    assert Product.objects.get(pk=product.pk).tax_category_id is None
