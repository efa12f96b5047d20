"""Opening, comparing and awarding by the API: what each side asks, and what a stranger does not get."""

import json

import pytest

from marketplace.core.actor import Actor
from marketplace.graphql import execute, to_global_id
from suppliers.sourcing.models import AwardScenario
from suppliers.sourcing.scenarios import solve
from suppliers.sourcing.schema.quotes import QuoteSubmit
from tests.factories import make_stranger
from tests.suppliers.sourcing.sealed import PASSPHRASE, Committee

MINUTES = """query($event: ID!) { openings(event: $event) {
    envelopeLabel openedAt needed minutes minutesHash shares { name mine signedAt } } }"""
COMPARE = """query($event: ID!) { quoteComparison(event: $event, first: 1) {
    columns { name total { amount } rank quoted flags flagLabels }
    lines { position cells { price amount { amount } rank } } lineCount bestTotal { amount }
    baselineTotal { amount } } }"""
SCENARIOS = """query($event: ID!) { awardScenarios(event: $event) { id name kindLabel status statusLabel gap
    total { amount currency } lowestTotal { amount } extra { amount }
    rules { position form formLabel high cost { amount } ofLot lacking suppliers lines }
    lines { line winners { supplier quantity price amount { amount } } secondPrice reason reasonLabel rules }
    suppliers { supplier amount { amount } } uncovered } }"""
AWARDS = """query($event: ID!) { awards(event: $event) { id statusLabel saving { amount } awarded { amount }
    lines { line name uom supplier code share quantity price amount { amount } }
    letters { kindLabel status supplier rank amount { amount } lines { line } } } }"""
VERIFY = """query($text: String!) { sealedReceiptVerify(receipt: $text) {
    holds key checks { verdict root path { side } } } }"""
LETTERS = """{ awardLetters { id kind eventNumber amount { amount } lines { line amount { amount } }
    participation { code } } }"""


@pytest.fixture
def committee(world) -> Committee:
    return Committee(world)


def ask(actor: Actor, document: str, **variables) -> dict:
    result = execute(document, variables, actor=actor)
    assert not result.errors, result.errors
    return result.data


def do(actor: Actor, name: str, arguments: str, types: str = "", fields: str = "", **variables) -> dict:
    document = f"mutation{types} {{ {name}({arguments}) {{ {fields} errors {{ code field index }} }} }}"
    return ask(actor, document, **variables)[name]


def gid(event) -> str:
    return to_global_id("SourcingEvent", event.pk)


def test_a_sealed_event_is_opened_compared_and_awarded_by_the_api(world, committee):
    event = committee.event()
    receipts = [world.quotes(who, event, *prices).receipt for who, prices in enumerate([(10, 7), (11, 6)])]
    world.pass_time(event, days=8)
    assert ask(world.actor, COMPARE, event=gid(event)) == {"quoteComparison": None}
    begun = do(
        world.actor,
        "openingStart",
        "event: $event, envelope: COMMERCIAL",
        "($event: ID!)",
        "opening { id }",
        event=gid(event),
    )
    for who in (0, 2):
        actor = committee.actors[who]
        given = do(
            actor,
            "openingShareGive",
            "id: $id, passphrase: $words, code: $code",
            "($id: ID!, $words: String!, $code: String!)",
            "opening { openedAt shares { mine } }",
            id=begun["opening"]["id"],
            words=PASSPHRASE,
            code=committee.code(actor),
        )
        assert given["errors"] == []
    assert given["opening"]["openedAt"]
    signed = do(
        world.actor, "openingSign", "id: $id", "($id: ID!)", "opening { minutesHash }", id=begun["opening"]["id"]
    )
    (told,) = ask(world.actor, MINUTES, event=gid(event))["openings"]
    assert (told["needed"], told["minutesHash"]) == (2, signed["opening"]["minutesHash"])
    assert [one["mine"] for one in told["shares"]] == [True, False]
    assert sorted(row["total"] for row in told["minutes"]["quotes"]) == ["1700.00", "1700.00"]
    compared = ask(world.actor, COMPARE, event=gid(event))["quoteComparison"]
    assert (compared["lineCount"], len(compared["lines"]), compared["bestTotal"]["amount"]) == (2, 1, "1600.00")
    checked = ask(Actor.anonymous(), VERIFY, text=json.dumps(receipts[0]))["sealedReceiptVerify"]
    assert (checked["holds"], checked["checks"][0]["verdict"], len(checked["checks"][0]["path"])) == (
        True,
        "INCLUDED",
        1,
    )
    awarded(world, committee, event)


def awarded(world, committee, event) -> None:
    made = do(
        world.actor,
        "awardScenarioSolve",
        'event: $event, name: "One", kind: ONE_SUPPLIER, rules: [{form: WINNERS, high: "2"}]',
        "($event: ID!)",
        "scenario { id status }",
        event=gid(event),
    )
    assert (made["scenario"]["status"], made["errors"]) == ("QUEUED", [])
    solve(AwardScenario.objects.get().pk, seconds=20)
    (scenario,) = ask(world.actor, SCENARIOS, event=gid(event))["awardScenarios"]
    assert (scenario["status"], scenario["total"]["amount"], scenario["extra"]["amount"]) == (
        "OPTIMAL",
        "1700.00",
        "100.00",
    )
    assert [rule["form"] for rule in scenario["rules"]] == ["WINNERS_PER_LINE", "WINNERS", "WINNERS"]
    assert scenario["rules"][1]["cost"]["amount"] == "100.00"
    award = do(world.actor, "awardCreate", "scenario: $id", "($id: ID!)", "award { id }", id=scenario["id"])["award"][
        "id"
    ]
    do(world.actor, "awardSubmit", "id: $id", "($id: ID!)", id=award)
    refused = do(world.actor, "awardApprove", "id: $id", "($id: ID!)", id=award)
    assert refused["errors"] == [{"code": "SECOND_PERSON", "field": "id", "index": None}]
    finance = committee.actors[2]
    for name in ("awardApprove", "awardLettersSend"):
        assert do(finance, name, "id: $id", "($id: ID!)", id=award)["errors"] == []
    (shown,) = ask(world.actor, AWARDS, event=gid(event))["awards"]
    assert {one["status"] for one in shown["letters"]} == {"SENT"}
    assert sum(len(one["lines"]) for one in shown["letters"]) == len(shown["lines"]) == 2
    for who in (0, 1):
        (letter,) = ask(world.sellers[who], LETTERS)["awardLetters"]
        if letter["kind"] == "AWARD":
            assert len(letter["lines"]) == 2
            answer = ("awardLetterAnswer", "id: $id, accept: true", "($id: ID!)", "letter { status }")
            assert do(world.sellers[who], *answer, id=letter["id"])["letter"]["status"] == "ACCEPTED"
        else:
            assert (letter["lines"], letter["amount"]) == ([], None)
    assert do(finance, "awardComplete", "id: $id", "($id: ID!)", "award { statusLabel }", id=award)["errors"] == []
    nothing_for_others(world, event)


def nothing_for_others(world, event) -> None:
    """Neither a stranger nor a rival gets anything of the buyer's."""
    for actor in (make_stranger(), world.sellers[2]):
        assert ask(actor, COMPARE, event=gid(event)) == {"quoteComparison": None}
        assert ask(actor, SCENARIOS, event=gid(event)) == {"awardScenarios": []}
        assert ask(actor, AWARDS, event=gid(event)) == {"awards": []}
        assert ask(actor, MINUTES, event=gid(event)) == {"openings": []}
        assert ask(actor, LETTERS) == {"awardLetters": []}


def test_openers_are_named_and_prove_their_passphrases(world, committee):
    keys = ask(world.actor, "{ openerKeys { id userName mine outsidePurchasing overdue } }")["openerKeys"]
    assert [(one["mine"], one["outsidePurchasing"], one["overdue"]) for one in keys] == [
        (True, False, False),
        (False, False, False),
        (False, True, False),
    ]
    event = world.created(confidentiality="sealed")
    appoint = ("openersAppoint", "event: $event, keys: $keys", "($event: ID!, $keys: [ID!]!)", "event { id }")
    assert do(world.actor, *appoint, event=gid(event), keys=[one["id"] for one in keys])["errors"] == []
    wrong = do(world.actor, *appoint, event=gid(event), keys=[keys[0]["id"]])
    assert [one["code"] for one in wrong["errors"]] == ["QUORUM_MISSING"]
    prove = ("openerKeyProve", "id: $id, passphrase: $words", "($id: ID!, $words: String!)")
    assert do(world.actor, *prove, id=keys[0]["id"], words="no")["errors"][0]["code"] == "PASSPHRASE_WRONG"
    assert do(world.actor, *prove, id=keys[0]["id"], words=PASSPHRASE)["errors"] == []
    assert ask(make_stranger(), "{ openerKeys { id } }") == {"openerKeys": []}


def test_a_quote_is_taken_out_and_technical_decisions_are_refused_where_there_are_none(world, committee):
    event = committee.event()
    world.quotes(0, event, 10, 7)
    world.pass_time(event, days=8)
    committee.open(event)
    part = to_global_id("Participation", world.part(0, event).pk)
    propose = ("quoteDisqualify", 'participation: $id, reason: "No mark"', "($id: ID!)", "participation { status }")
    assert do(world.actor, *propose, id=part)["participation"]["status"] == "SUBMITTED"
    seen = "query($event: ID!) { quoteComparison(event: $event) { columns { participation outReason outByMe } } }"
    for person, mine in ((world.actor, True), (world.second, False)):
        columns = ask(person, seen, event=gid(event))["quoteComparison"]["columns"]
        assert {one["outReason"] for one in columns if one["participation"] != part} <= {None}
        assert [one for one in columns if one["participation"] == part] == [
            {"participation": part, "outReason": "No mark", "outByMe": mine}
        ]
    agree = ("quoteDisqualifyApprove", "participation: $id", "($id: ID!)", "participation { status reason }")
    assert do(world.second, *agree, id=part)["participation"] == {"status": "DISQUALIFIED", "reason": "No mark"}
    results = "event: $event, results: [{participation: $id, passed: true}]"
    decide = ("technicalDecisionSubmit", results, "($event: ID!, $id: ID!)")
    assert do(world.actor, *decide, event=gid(event), id=part)["errors"][0]["code"] == "TECHNICAL_PENDING"
    approve = ("technicalDecisionApprove", "event: $event", "($event: ID!)")
    assert do(world.second, *approve, event=gid(event))["errors"][0]["code"] == "TECHNICAL_PENDING"


def test_the_answer_of_a_sealed_submission_is_never_kept():
    assert QuoteSubmit.replayable is False
