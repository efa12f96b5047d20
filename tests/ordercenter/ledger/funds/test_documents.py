"""Top-ups, transfers, adjustments, payouts, rules and interest (credit-and-ledger §2, §6, §10)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from marketplace.catalog.scope import ProductScope
from marketplace.catalog.values import AudienceDraft
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode
from marketplace.core.models import OutboxEvent
from ordercenter.ledger.clearing import ClearingDraft, clear_all, unclear
from ordercenter.ledger.funds.adjust import AdjustDraft, adjust, refund
from ordercenter.ledger.funds.errors import FundErrorCode
from ordercenter.ledger.funds.interest import pay_interest
from ordercenter.ledger.funds.kinds import FundKind, FundMode, FundTreatment
from ordercenter.ledger.funds.models import FundGrant, FundUse, FundUseRuleScope
from ordercenter.ledger.funds.rules import RuleDraft, write_rule, write_settings
from ordercenter.ledger.funds.take import read_funds
from ordercenter.ledger.funds.top_ups import TopUpDraft, create_top_up, reverse_top_up, submit_top_up
from ordercenter.ledger.funds.transfers import TransferDraft, create_transfer, submit_transfer
from ordercenter.ledger.models import OpenItem
from tests.factories import make_actor, make_grade, make_groups, make_stranger
from tests.ordercenter.ledger.books import Books
from tests.ordercenter.ledger.funds.purse import SYSTEM, Purse
from tests.ordercenter.ledger.funds.test_reserving import books_agree
from tests.refusals import raises

D = Decimal


def topped_up(purse: Purse, kind: str, amount, **fields):
    fields.setdefault("reference", "Bank slip 1")
    row = create_top_up(purse.sales, TopUpDraft(purse.buyer.pk, FundKind(kind), D(amount), **fields))
    return submit_top_up(purse.sales, row.pk)


def test_a_top_up_is_money_only_once_it_is_posted_and_is_posted_once(purse: Purse):
    row = create_top_up(purse.sales, TopUpDraft(purse.buyer.pk, FundKind.CASH, D(500), reference="Slip 7"))
    assert row.number == "FT-000001" and not FundGrant.objects.exists()
    submit_top_up(purse.sales, row.pk)
    assert purse.held("cash") == (500, 0)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        submit_top_up(purse.sales, row.pk)
    kinds = list(OutboxEvent.objects.filter(kind__startswith="fund.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["fund.top_up_created", "fund.granted", "fund.top_up_posted"] and books_agree()


def test_a_top_up_is_reversed_while_nothing_of_it_is_used(purse: Purse):
    row = topped_up(purse, "rebate", 100)
    reverse_top_up(purse.sales, row.pk)
    assert purse.held("rebate") == (0, 0) and books_agree()
    with raises(CoreErrorCode.INVALID_TRANSITION):
        reverse_top_up(purse.sales, row.pk)
    used = topped_up(purse, "cash", 100)
    purse.reserve(purse.order(("A", 1)), cash=1)
    with raises(FundErrorCode.FUND_USED):
        reverse_top_up(purse.sales, used.pk)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"amount": D(0)}, CoreErrorCode.INVALID, "amount"),
        ({"amount": D("-1")}, CoreErrorCode.INVALID, "amount"),
        ({"amount": D("0.001")}, FundErrorCode.AMOUNT_PRECISION, "amount"),
        ({"currency": "cny"}, CoreErrorCode.INVALID, "currency"),
        ({"reference": " "}, CoreErrorCode.REQUIRED, "reference"),
        ({"valid_to": True}, FundErrorCode.FUND_NOT_ALLOWED, "valid_to"),
        ({"kind": FundKind.GOODS}, FundErrorCode.FUND_NOT_ALLOWED, "variants"),
        ({"kind": FundKind.REBATE, "use_rule_id": 999}, CoreErrorCode.NOT_FOUND, "use_rule"),
        ({"kind": FundKind.GOODS, "variant_ids": (999_999,)}, CoreErrorCode.NOT_FOUND, "variants"),
        ({"note": "x" * 501}, CoreErrorCode.INVALID, "note"),
        ({"partnership_id": 999_999}, CoreErrorCode.NOT_FOUND, "partnership"),
    ],
)
def test_a_bad_top_up_is_refused_and_nothing_is_written(purse: Purse, fields, code, field):
    known = {"partnership_id": purse.buyer.pk, "kind": FundKind.CASH, "amount": D(5), "reference": "Slip"} | fields
    if known.get("valid_to"):
        known["valid_to"] = database_now() + timedelta(days=1)
    with raises(code, field=field):
        create_top_up(purse.sales, TopUpDraft(**known))
    assert not OutboxEvent.objects.filter(kind__startswith="fund.").exists()


def test_only_who_may_manages_funds(purse: Purse):
    draft = TopUpDraft(purse.buyer.pk, FundKind.CASH, D(5), reference="Slip")
    for actor in (purse.dealer, make_actor(purse.seller, "seller_warehouse")):
        with raises(CoreErrorCode.PERMISSION_DENIED):
            create_top_up(actor, draft)
    with raises(CoreErrorCode.NOT_FOUND):
        create_top_up(make_stranger(), draft)


def test_a_transfer_takes_its_ends_and_goods_along(purse: Purse):
    soon = database_now() + timedelta(days=9)
    purse.grant("rebate", 40, ends=soon)
    purse.grant("rebate", 100)
    other, _actor = purse.dealer_of("Jinli")
    move = TransferDraft(purse.buyer.pk, FundKind.REBATE, other.pk, FundKind.EXPENSE, D(60))
    row = create_transfer(purse.sales, move)
    submit_transfer(purse.sales, row.pk)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        submit_transfer(purse.sales, row.pk)
    made = FundGrant.objects.filter(partnership=other).order_by("pk")
    assert [(one.amount, one.valid_to == soon) for one in made] == [(40, True), (20, False)]
    assert purse.grants("rebate") == [(0, 0), (80, 0)] and books_agree()


def test_a_transfer_moves_what_is_free_and_benefits_do_not_become_money(purse: Purse):
    purse.grant("rebate", 40)
    purse.reserve(purse.order(("A", 1)), rebate=30)
    where = purse.buyer.pk
    row = create_transfer(purse.sales, TransferDraft(where, FundKind.REBATE, where, FundKind.EXPENSE, D(11)))
    with raises(FundErrorCode.FUND_INSUFFICIENT):
        submit_transfer(purse.sales, row.pk)
    with raises(FundErrorCode.FUND_NOT_ALLOWED, field="target_kind"):
        create_transfer(purse.sales, TransferDraft(where, FundKind.REBATE, where, FundKind.CASH, D(5)))
    with raises(CoreErrorCode.INVALID, field="target_kind"):
        create_transfer(purse.sales, TransferDraft(where, FundKind.REBATE, where, FundKind.REBATE, D(5)))
    assert purse.grants("rebate") == [(40, 30)] and books_agree()


def test_an_account_is_adjusted_up_and_down_and_paid_out(purse: Purse):
    where = purse.buyer.pk
    adjust(purse.sales, AdjustDraft(where, FundKind.CASH, D(100), "Counted again"))
    adjust(purse.sales, AdjustDraft(where, FundKind.CASH, D(-30), "Posted twice"))
    row = refund(purse.sales, AdjustDraft(where, FundKind.CASH, D(20), "Asked for it"))
    assert row.amount == -20 and purse.held("cash") == (50, 0) and books_agree()
    with raises(FundErrorCode.FUND_INSUFFICIENT):
        refund(purse.sales, AdjustDraft(where, FundKind.CASH, D("50.01"), "More"))
    with raises(FundErrorCode.FUND_NOT_ALLOWED, field="kind"):
        refund(purse.sales, AdjustDraft(where, FundKind.REBATE, D(1), "No money"))
    with raises(CoreErrorCode.REQUIRED, field="reason"):
        adjust(purse.sales, AdjustDraft(where, FundKind.CASH, D(1), " "))
    with raises(CoreErrorCode.INVALID, field="amount"):
        adjust(purse.sales, AdjustDraft(where, FundKind.CASH, D(0), "Nothing"))


def draft_of(kind: FundKind = FundKind.REBATE, **fields) -> RuleDraft:
    return RuleDraft(kind, name_en=fields.pop("name_en", "A rule"), **fields)


def test_of_a_kind_the_rules_of_the_narrowest_audience_hold(purse: Purse):
    root, leaf = make_groups(purse.seller, "CN", "EAST")
    leaf.ancestors = [root.pk, leaf.pk]
    leaf.save()
    root.ancestors = [root.pk]
    root.save()
    grade = make_grade(purse.seller)
    purse.buyer.group, purse.buyer.grade = leaf, grade
    purse.buyer.save()
    purse.grant("rebate", 10)
    everyone = write_rule(purse.sales, draft_of())
    other = write_rule(purse.sales, draft_of(FundKind.CASH))

    def held() -> set[int]:
        return {rule.id for rule in read_funds([purse.buyer.pk]).rules[purse.buyer.pk]}

    assert held() == {everyone.pk, other.pk}
    for audience in (
        AudienceDraft(grade_id=grade.pk),
        AudienceDraft(group_id=root.pk),
        AudienceDraft(group_id=leaf.pk),
        AudienceDraft(partnership_id=purse.buyer.pk),
    ):
        narrow = write_rule(purse.sales, draft_of(audience=audience))
        assert held() == {narrow.pk, other.pk}
    named = write_rule(purse.sales, draft_of(name_en="For one grant"))
    purse.grant("rebate", 5, use_rule_id=named.pk)
    assert held() == {narrow.pk, other.pk, named.pk}
    assert [r.is_general for r in read_funds([purse.buyer.pk]).rules[purse.buyer.pk] if r.id == named.pk] == [False]


def test_a_rule_is_changed_with_its_goods_and_only_by_its_owner(purse: Purse):
    goods = ProductScope(variant_id=purse.goods["A"].pk)
    rule = write_rule(purse.sales, draft_of(includes=[goods], max_percent=D(20), treatment=FundTreatment.PAYMENT))
    write_rule(purse.sales, draft_of(excludes=[goods], mode=FundMode.MANUAL), rule.pk)
    assert list(FundUseRuleScope.objects.values_list("rule", "excludes")) == [(rule.pk, True)]
    with raises(CoreErrorCode.NOT_FOUND):
        write_rule(make_stranger(), draft_of(), rule.pk)
    with raises(CoreErrorCode.PERMISSION_DENIED):
        write_rule(purse.dealer, draft_of())


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"kind": FundKind.DEPOSIT}, FundErrorCode.FUND_NOT_ALLOWED, "kind"),
        ({"max_percent": D(0)}, CoreErrorCode.INVALID, "max_percent"),
        ({"max_percent": D("100.01")}, CoreErrorCode.INVALID, "max_percent"),
        ({"max_percent": D("9.999")}, CoreErrorCode.INVALID, "max_percent"),
        ({"max_percent": D("NaN")}, CoreErrorCode.INVALID, "max_percent"),
        ({"min_order": D(-1)}, CoreErrorCode.INVALID, "min_order"),
        ({"priority": -1}, CoreErrorCode.INVALID, "priority"),
        ({"name_en": ""}, CoreErrorCode.REQUIRED, "name"),
        ({"includes": [ProductScope(variant_id=999_999)]}, CoreErrorCode.NOT_FOUND, "variant"),
        ({"includes": [ProductScope(brand_id=999_999)]}, CoreErrorCode.NOT_FOUND, "brand"),
    ],
)
def test_a_bad_rule_is_refused(purse: Purse, fields, code, field):
    with raises(code, field=field):
        write_rule(purse.sales, draft_of(**fields))


def test_interest_is_paid_once_for_each_account_and_month(purse: Purse):
    write_settings(purse.sales, 30, D("3.65"))
    purse.grant("cash", 1000, value_date=date(2026, 5, 22))
    purse.grant("cash", 500, value_date=date(2026, 6, 11))
    purse.grant("rebate", 900, value_date=date(2026, 5, 1))
    june = date(2026, 6, 1)
    # 30 days of 1,000 and 20 of 500 are 40,000 at 0.01 % a day.
    assert pay_interest(SYSTEM, june) == 1 and pay_interest(SYSTEM, june) == 0
    paid = FundGrant.objects.get(source_kind="fund_interest")
    assert (paid.amount, paid.number, paid.cost_kind) == (4, "2026-06", "interest_cost")
    assert purse.held("cash") == (1504, 0) and books_agree()
    with raises(CoreErrorCode.INVALID):
        pay_interest(SYSTEM, date(2026, 6, 2))


def test_no_interest_before_the_month_is_over_or_without_a_rate(purse: Purse):
    purse.grant("cash", 1000, value_date=date(2026, 5, 22))
    assert pay_interest(SYSTEM, date(2026, 6, 1)) == 0
    write_settings(purse.sales, 30, D(3))
    assert pay_interest(SYSTEM, database_now().date().replace(day=1)) == 0
    with raises(CoreErrorCode.INVALID, field="interest_percent"):
        write_settings(purse.sales, 30, D(40))
    with raises(CoreErrorCode.INVALID, field="restore_days"):
        write_settings(purse.sales, -1, None)


def test_a_clearing_takes_from_the_grant_of_its_payment_and_gives_it_back(purse: Purse):
    books = Books(purse.seller, purse.buyer, purse.sales)
    purse.grant("cash", 100)
    second = purse.grant("cash", 60)
    item = books.invoice(200)
    cleared = clear_all(purse.sales, [ClearingDraft(item.pk, D(50), second.entry_id)])[0]
    assert purse.grants("cash") == [(100, 0), (10, 0)] and FundUse.objects.get().document_id == cleared.pk
    unclear(purse.sales, cleared.pk)
    assert purse.grants("cash") == [(100, 0), (60, 0)] and books_agree()
    assert OpenItem.objects.get(pk=item.pk).open == 200
