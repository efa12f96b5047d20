"""Sources, quotas and indexes: what is refused, who is next, what call-offs do to it (contracts §2, §5)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from marketplace.core.errors import CoreErrorCode
from marketplace.core.outbox import dispatch_all
from marketplace.parties.models import Partnership
from ordercenter.contracts.enums import QuotaReason, SourceUse
from ordercenter.contracts.errors import ContractErrorCode
from ordercenter.contracts.indexes import add_value, write_index
from ordercenter.contracts.models import IndexValue, QuotaEntry, QuotaMember
from ordercenter.contracts.quotas import MemberDraft, QuotaDraft, adjust, quota_assign, write_member, write_quota
from ordercenter.contracts.sources import SourceDraft, end_source, write_source
from ordercenter.contracts.usage import used_of
from ordercenter.contracts.verify import allocated
from ordercenter.orders.cancel import cancel
from tests.factories import make_organization, make_partnership
from tests.ordercenter.contracts.world import BEGIN, called
from tests.refusals import raises

DAY = date(2026, 11, 20)


@pytest.fixture
def second(shop):
    """Another supplier of the dealer."""
    return make_partnership(make_organization("Second"), shop.keeper).upstream


def source(shop, seller=None, use=SourceUse.ALLOWED, begin=BEGIN, **fields):
    seller_id = (seller or shop.seller).pk
    return SourceDraft(seller_id, begin, use, variant_id=shop.goods["A"].pk, **fields)


def quota(shop, **fields):
    draft = QuotaDraft(shop.goods["A"].pk, shop.uoms["PCS"].pk, BEGIN, **fields)
    return write_quota(shop.dealer, draft)


def test_a_seller_stands_once_at_a_time_and_ends_with_a_day(shop):
    row = write_source(shop.dealer, source(shop, use=SourceUse.FIXED))
    with raises(ContractErrorCode.SOURCE_CONFLICT):
        write_source(shop.dealer, source(shop, begin=DAY))
    end_source(shop.dealer, row.pk, date(2026, 3, 31))
    write_source(shop.dealer, source(shop, begin=date(2026, 4, 1), use=SourceUse.FIXED))
    with raises(ContractErrorCode.SOURCE_CONFLICT):
        write_source(shop.dealer, source(shop, use=SourceUse.PREFERRED), row.pk)


def test_what_is_no_source_is_told_all_at_once(shop):
    stranger = make_organization("Nobody")
    wrong = SourceDraft(stranger.pk, DAY, variant_id=shop.goods["A"].pk, valid_to=BEGIN, plant_id=1, contract_line_id=1)
    with raises(ContractErrorCode.WINDOW_EMPTY) as refused:
        write_source(shop.dealer, wrong)
    assert [one.field for one in refused.errors] == ["seller", "variant", "plant", "contract_line", "valid_to"]
    with raises(CoreErrorCode.REQUIRED, "variant"):
        write_source(shop.dealer, SourceDraft(shop.seller.pk, DAY))


def test_goods_have_one_quota_at_a_time_and_shares_are_above_zero(shop):
    made = quota(shop, valid_to=DAY)
    with raises(ContractErrorCode.SOURCE_CONFLICT):
        quota(shop)
    with raises(ContractErrorCode.QUOTA_INVALID, "share"):
        write_member(shop.dealer, made.pk, MemberDraft(shop.seller.pk, Decimal(0)))
    with raises(ContractErrorCode.NO_SOURCE):
        quota_assign(shop.dealer, made.pk, Decimal(5), DAY)
    with raises(CoreErrorCode.NOT_FOUND):
        quota_assign(shop.sales, made.pk, Decimal(5), DAY)


def test_the_lowest_rating_is_next_a_newcomer_joins_level_and_the_barred_are_told(shop, second):
    made = quota(shop)
    first = write_member(shop.dealer, made.pk, MemberDraft(shop.seller.pk, Decimal(60)))
    adjust(shop.dealer, first.pk, Decimal(6000), "carried over")
    other = write_member(shop.dealer, made.pk, MemberDraft(second.pk, Decimal(20)))
    assert other.base == 2000
    done = quota_assign(shop.dealer, made.pk, Decimal(100), DAY)
    assert done.by_key() == {first.pk: 100, other.pk: 0}
    write_source(shop.dealer, source(shop, use=SourceUse.BARRED))
    done = quota_assign(shop.dealer, made.pk, Decimal(100), DAY)
    assert done.by_key() == {first.pk: 0, other.pk: 100}
    assert done.rows[0].reason == QuotaReason.BARRED
    Partnership.objects.filter(upstream=second).update(status="suspended")
    with raises(ContractErrorCode.NO_SOURCE):
        quota_assign(shop.dealer, made.pk, Decimal(100), DAY)
    with raises(ContractErrorCode.QUOTA_INVALID):
        adjust(shop.dealer, first.pk, Decimal(-6001), "too much")
    with raises(ContractErrorCode.REASON_REQUIRED):
        adjust(shop.dealer, first.pk, Decimal(1), " ")


def test_call_offs_count_in_the_quota_and_what_is_given_back_is_taken_out_once(shop):
    line = shop.line("A", "8", quantity=1000, guaranteed_min=Decimal(200))
    made = quota(shop)
    member = write_member(
        shop.dealer, made.pk, MemberDraft(shop.seller.pk, Decimal(60), line.pk, capacity=Decimal(500))
    )
    order = shop.calls(line, 150)
    member.refresh_from_db()
    assert member.allocated == 150
    assert quota_assign(shop.dealer, made.pk, Decimal(50), date.today()).rows[0].reason == QuotaReason.GUARANTEED
    assert quota_assign(shop.dealer, made.pk, Decimal(600), date.today()).short == 250
    cancel(shop.dealer, order.pk, "no")
    dispatch_all()
    dispatch_all()
    member.refresh_from_db()
    assert (member.allocated, called(line)[0]) == (0, 0)
    assert QuotaEntry.objects.filter(member=member).count() == 2
    assert list(allocated()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        QuotaEntry.objects.filter(member=member).update(quantity=1)
    assert QuotaMember.objects.count() == 1


def test_usage_is_what_documents_say_by_month(shop):
    line = shop.line("A", "8", quantity=1000)
    shop.calls(line, 10)
    shop.calls(line, 20)
    (used,) = used_of([line.pk])
    assert (used.called, used.orders, used.received) == (30, 2, 0)
    assert used.called_amount == called(line)[1]


def test_a_revision_of_an_index_is_a_further_value(shop):
    index = write_index(shop.dealer, "STEEL", "钢", "Steel", "")
    add_value(shop.dealer, index.pk, date(2026, 5, 17), Decimal("105.5"))
    add_value(shop.dealer, index.pk, date(2026, 5, 1), Decimal("106"))
    assert list(IndexValue.objects.values_list("month", flat=True)) == [date(2026, 5, 1)] * 2
    with raises(CoreErrorCode.INVALID, "value"):
        add_value(shop.dealer, index.pk, DAY, Decimal(0))
    with raises(CoreErrorCode.NOT_FOUND):
        add_value(shop.sales, index.pk, DAY, Decimal(1))
    with raises(CoreErrorCode.DUPLICATE):
        write_index(shop.dealer, "STEEL", "", "Steel again", "")
