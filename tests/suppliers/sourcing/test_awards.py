"""Comparing, scenarios and the award, from opened quotes to the answers of the winners."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from marketplace.core.errors import CoreErrorCode
from marketplace.core.gate import clock
from marketplace.core.models import OutboxEvent
from ordercenter.quotes.models import Quote
from suppliers.sourcing.awards import (
    award_approve,
    award_complete,
    award_create,
    award_reject,
    award_submit,
    letter_answer,
    letters_send,
)
from suppliers.sourcing.comparing import comparison
from suppliers.sourcing.disclose import disclose
from suppliers.sourcing.disqualify import disqualify, disqualify_approve
from suppliers.sourcing.drafts import LotDraft
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.models import Award, AwardLetter, AwardLine, AwardScenario
from suppliers.sourcing.notifications import of_events, of_participations, text
from suppliers.sourcing.offers import OfferLine, OfferTier, offer_of
from suppliers.sourcing.problems import RuleDraft
from suppliers.sourcing.scenarios import HandShare, ScenarioDraft, scenario_create, solve
from suppliers.sourcing.submit import quote_submit
from tests.factories import make_actor, make_stranger
from tests.refusals import raises
from tests.statements import count_sql


@pytest.fixture
def opened(world):
    """Three suppliers quoted two lines of 100 pieces; A and C are cheapest on one each, B is abnormally low nowhere."""
    event = world.event([world.line(baseline_price=Decimal(12)), world.line()], confidentiality="hidden")
    for who, prices in enumerate([(10, 7), (11, "6.5"), ("10.5", "6.2")]):
        world.quotes(who, event, *prices)
    return disclosed(world, event)


def disclosed(world, event):
    world.pass_time(event, days=8)
    disclose(world.second, event.pk)
    event.refresh_from_db()
    return event


def code(world, event, who: int) -> str:
    return world.part(who, event).code


def solved(world, event, **values) -> AwardScenario:
    return solve(scenario_create(world.actor, event.pk, ScenarioDraft("One", **values)).pk, seconds=20)


def test_the_sheet_puts_quotes_side_by_side(world, opened):
    sheet = comparison(world.actor, opened.pk)
    assert [(one.name, one.total, one.rank) for one in sheet.columns] == [
        ("C", Decimal(1670), 1),
        ("A", Decimal(1700), 2),
        ("B", Decimal(1750), 3),
    ]
    assert [[(cell.price, cell.rank) for cell in line.cells] for line in sheet.lines] == [
        [(10, 1), (Decimal("10.5"), 2), (11, 3)],
        [(Decimal("6.2"), 1), (Decimal("6.5"), 2), (7, 3)],
    ]
    assert (sheet.best_total, sheet.baseline_total) == (1620, 1200)


def test_prices_are_not_compared_before_the_opening_nor_by_a_stranger(world):
    event = world.event(confidentiality="hidden")
    world.quotes(0, event, 10, 7)
    with raises(CoreErrorCode.INVALID_TRANSITION, field="event"):
        comparison(world.actor, event.pk)
    disclosed(world, event)
    for actor in (make_stranger(), world.sellers[0]):
        with raises(CoreErrorCode.NOT_FOUND, field="event"):
            comparison(actor, event.pk)


def test_a_foreign_price_is_compared_at_the_frozen_rate(world):
    event = world.event(1, None, currency="CNY", rates={"USD": "7.183"}, confidentiality="hidden")
    quote_submit(world.sellers[0], world.part(0, event).pk, world.offer("12.5", currency="USD"))
    world.quotes(1, event, "89.7874")
    sheet = comparison(world.actor, disclosed(world, event).pk)
    # 1,250.00 USD at 7.1830 is 8,978.75.
    assert [(one.name, one.total) for one in sheet.columns] == [("B", Decimal("8978.74")), ("A", Decimal("8978.75"))]


def test_a_quote_that_leaves_a_line_out_has_no_place_among_the_whole_ones(world):
    event = world.event(confidentiality="hidden")
    world.quotes(0, event, 10, None)
    world.quotes(1, event, 11, 7)
    sheet = comparison(world.actor, disclosed(world, event).pk)
    assert [(one.name, one.rank, one.quoted) for one in sheet.columns] == [("B", 1, 2), ("A", None, 1)]


def test_the_sheet_costs_as_many_statements_for_many_lines(world):
    counts = []
    for lines in (1, 4):
        event = world.event(lines, confidentiality="hidden")
        for who in range(3):
            world.quotes(who, event, *range(5, 5 + lines))
        disclosed(world, event)
        with count_sql() as counter:
            comparison(world.actor, event.pk)
        counts.append(counter.count)
    assert counts[0] == counts[1] <= 11


def test_two_people_take_a_quote_out_and_the_others_move_up(world, opened):
    part = world.part(2, opened)
    with raises(Code.REASON_REQUIRED):
        disqualify(world.actor, part.pk, " ")
    disqualify(world.actor, part.pk, "No mark of conformity", "See the certificate")
    with raises(Code.SECOND_PERSON):
        disqualify_approve(world.actor, part.pk)
    assert len(comparison(world.actor, opened.pk).columns) == 3
    disqualify_approve(world.second, part.pk)
    assert [one.name for one in comparison(world.actor, opened.pk).columns] == ["A", "B"]
    assert Quote.objects.get(round_quote__participation=part).status == "disqualified"
    with raises(CoreErrorCode.INVALID_TRANSITION):
        disqualify_approve(world.second, part.pk)
    with raises(CoreErrorCode.NOT_FOUND, field="participation"):
        disqualify(make_stranger(), part.pk, "Mine")


def test_the_cheapest_division_says_why_each_line_went_where(world, opened):
    scenario = solved(world, opened)
    assert (scenario.status, scenario.total, scenario.lowest_total) == ("optimal", 1620, 1620)
    a, c = code(world, opened, 0), code(world, opened, 2)
    told = scenario.answer["lines"]
    assert [(one["winners"][0]["supplier"], one["reason"]) for one in told] == [(a, "LOWEST"), (c, "LOWEST")]
    assert [(one["second_supplier"], one["second_price"]) for one in told] == [
        (c, told[0]["second_price"]),
        (code(world, opened, 1), told[1]["second_price"]),
    ]
    opened.refresh_from_db()
    assert opened.status == "comparing"


def test_a_rule_has_its_price(world, opened):
    scenario = solved(world, opened, kind="one_supplier")
    assert scenario.total == 1670
    rule = scenario.rules.get(form="WINNERS")
    assert rule.cost == 50
    assert {one["reason"] for one in scenario.answer["lines"]} == {"RULES", "LOWEST"}


def test_rules_that_exclude_one_another_are_named(world, opened):
    least = RuleDraft("SPEND", (code(world, opened, 1),), (), low=Decimal(1000000))
    scenario = solved(world, opened, kind="rules", rules=[least])
    assert (scenario.status, scenario.total) == ("infeasible", None)
    assert scenario.rules.get(form="SPEND").lacking == pytest.approx(Decimal(1000000 - 1750), abs=1)
    with raises(CoreErrorCode.INVALID, field="scenario"):
        award_create(world.actor, scenario.pk)


def test_tiers_and_shared_lots_are_priced_at_the_awarded_quantity(world):
    event = world.event([world.line(100)], [LotDraft(1, award_mode="split", max_winners=2)], confidentiality="hidden")
    tiers = (OfferTier(Decimal(0), Decimal(50), Decimal(10)), OfferTier(Decimal(50), None, Decimal(8)))
    quote_submit(world.sellers[0], world.part(0, event).pk, offer_of("CNY", [OfferLine(1, tiers=tiers)]))
    world.quotes(1, event, 9)
    disclosed(world, event)
    a, b = code(world, event, 0), code(world, event, 1)
    most = RuleDraft("CAPACITY", (a,), (), high=Decimal(40))
    scenario = solved(world, event, kind="rules", rules=[most])
    # Forty of A's cost 10 each, so all of it goes to B at 9.
    assert [one["supplier"] for one in scenario.answer["lines"][0]["winners"]] == [b]
    by_hand = solved(
        world, event, kind="by_hand", shares=[HandShare(1, a, Decimal("0.55")), HandShare(1, b, Decimal("0.45"))]
    )
    assert by_hand.total == 55 * 8 + 45 * 9
    assert (by_hand.status, by_hand.lowest_total) == ("feasible", 800)


def test_a_division_by_hand_keeps_the_same_rules(world, opened):
    a, b = code(world, opened, 0), code(world, opened, 1)
    with raises(Code.SHARE_INVALID, field="shares", index=1):
        shares = [HandShare(1, a, Decimal("0.6")), HandShare(1, b, Decimal("0.5"))]
        scenario_create(world.actor, opened.pk, ScenarioDraft("Mine", "by_hand", shares=shares))
    with raises(CoreErrorCode.NOT_FOUND, field="shares", index=0):
        scenario_create(world.actor, opened.pk, ScenarioDraft("Mine", "by_hand", shares=[HandShare(9, a, Decimal(1))]))
    shared = [HandShare(1, a, Decimal("0.5")), HandShare(1, b, Decimal("0.5")), HandShare(2, b, Decimal(1))]
    scenario = solved(world, opened, kind="by_hand", shares=shared)
    assert scenario.status == "broken"
    assert [key for key, _ in scenario.answer["broken"]] == ["r1"]
    whole = [HandShare(1, b, Decimal(1)), HandShare(2, b, Decimal(1))]
    scenario = solved(world, opened, kind="by_hand", shares=whole)
    assert (scenario.total, scenario.lowest_total) == (1750, 1620)


def test_bad_scenarios_are_refused_whole(world, opened):
    draft = ScenarioDraft(
        " ", "nonsense", [RuleDraft("WINNERS"), RuleDraft("LOCK", ("P-999",))], (), {"P-9": Decimal(-1)}
    )
    with raises(CoreErrorCode.REQUIRED, field="name") as refused:
        scenario_create(world.actor, opened.pk, draft)
    assert {error.field for error in refused.errors} == {"name", "kind", "rules", "fixed"}
    assert not AwardScenario.objects.exists()
    with raises(CoreErrorCode.NOT_FOUND, field="event"):
        scenario_create(make_stranger(), opened.pk, ScenarioDraft("Mine"))


def approved(world, event, **values) -> Award:
    award = award_create(world.actor, solved(world, event).pk)
    award_submit(world.actor, award.pk)
    return award_approve(world.third, award.pk, **values)


@pytest.fixture
def finance(world):
    world.third = make_actor(world.buyer, "dealer_finance")
    return world.third


def test_an_award_goes_from_draft_to_completed(world, opened, finance):
    scenario = solved(world, opened)
    award = award_create(world.actor, scenario.pk)
    again = award_create(world.actor, scenario.pk)
    award.refresh_from_db()
    assert (award.status, again.status) == ("cancelled", "draft")
    award = again
    with raises(CoreErrorCode.INVALID_TRANSITION):
        award_approve(finance, award.pk)
    award_submit(world.actor, award.pk)
    with raises(Code.SECOND_PERSON):
        award_approve(world.actor, award.pk)
    award = award_approve(finance, award.pk)
    assert (award.baseline, award.awarded, award.saving) == (1200, 1620, 200)
    assert not AwardLine.objects.visible_to(world.sellers[0]).exists()
    assert not AwardLetter.objects.exists()
    award = letters_send(finance, award.pk)
    kinds = {one.participation.seller.name: one.kind for one in AwardLetter.objects.all()}
    assert kinds == {"A": "award", "B": "regret", "C": "award"}
    assert sorted(Quote.objects.values_list("seller__name", "status")) == [
        ("A", "partially_won"),
        ("B", "lost"),
        ("C", "partially_won"),
    ]
    assert OutboxEvent.objects.filter(kind="sourcing.letter_received").count() == 3
    assert AwardLine.objects.visible_to(world.sellers[0]).get().amount == 1000
    assert not AwardLine.objects.visible_to(world.sellers[1]).exists()
    with raises(CoreErrorCode.INVALID_TRANSITION):
        letters_send(finance, award.pk)
    letters = {one.seller.name: one.pk for one in AwardLetter.objects.select_related("seller")}
    with raises(CoreErrorCode.NOT_FOUND):
        letter_answer(world.sellers[1], letters["A"], True)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        letter_answer(world.sellers[1], letters["B"], True)
    letter_answer(world.sellers[0], letters["A"], True)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        award_complete(finance, award.pk)
    letter_answer(world.sellers[2], letters["C"], True)
    award = award_complete(finance, award.pk)
    opened.refresh_from_db()
    assert (award.status, opened.status) == ("completed", "completed")


def test_a_winner_that_declines_leaves_the_award_declined(world, opened, finance):
    award = letters_send(finance, approved(world, opened).pk)
    letter = AwardLetter.objects.get(award=award, seller=world.partnerships[0].upstream)
    with raises(Code.REASON_REQUIRED):
        letter_answer(world.sellers[0], letter.pk, False)
    assert letter_answer(world.sellers[0], letter.pk, False, "Out of steel").status == "declined"
    award.refresh_from_db()
    assert award.status == "declined"
    late = AwardLetter.objects.get(award=award, seller=world.partnerships[2].upstream)
    AwardLetter.objects.filter(pk=late.pk).update(answer_until=F("sent_at"))
    with raises(CoreErrorCode.INVALID_TRANSITION):
        letter_answer(world.sellers[2], late.pk, True)


def test_letters_wait_for_the_end_of_the_standstill(world, opened, finance):
    award = approved(world, opened, standstill_until=clock() + timedelta(days=3))
    assert award.status == "standstill"
    with raises(CoreErrorCode.INVALID_TRANSITION):
        letters_send(finance, award.pk)
    Award.objects.update(standstill_until=F("standstill_until") - timedelta(days=4))
    assert letters_send(finance, award.pk).letters_at is not None


def test_an_award_sent_back_gives_way_to_another(world, opened, finance):
    scenario = solved(world, opened)
    award = award_create(world.actor, scenario.pk)
    award_submit(world.actor, award.pk)
    with raises(CoreErrorCode.INVALID_TRANSITION):
        award_create(world.actor, scenario.pk)
    with raises(Code.REASON_REQUIRED):
        award_reject(finance, award.pk, "")
    assert award_reject(finance, award.pk, "One supplier, please").status == "rejected"
    assert award_create(world.actor, scenario.pk).status == "draft"
    with raises(CoreErrorCode.NOT_FOUND):
        award_submit(make_stranger(), award.pk)


def test_everybody_is_told_the_result_and_the_approver_that_one_waits(world, opened, finance):
    letters_send(finance, approved(world, opened).pk)
    kinds = ("sourcing.letter_received", "sourcing.award_submitted")
    events = {kind: list(OutboxEvent.objects.filter(kind=kind)) for kind in kinds}
    heard = list(of_participations(events["sourcing.letter_received"]))
    assert {one.organization_id for one in heard} == {one.upstream_id for one in world.partnerships}
    (waits,) = of_events(events["sourcing.award_submitted"])
    assert (waits.organization_id, waits.permission) == (world.buyer.pk, "sourcing.award")
    assert opened.number in text(waits.data).title
