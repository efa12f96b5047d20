"""The pages of opening, comparing, results and receipts, in both languages, without a browser."""

import json

import pytest
from django.test import Client

from suppliers.sourcing.awards import award_approve, award_create, award_submit, letters_send
from suppliers.sourcing.scenarios import ScenarioDraft, scenario_create, solve
from tests.suppliers.sourcing.sealed import Committee
from tests.suppliers.sourcing.test_award_schema import gid
from tests.suppliers.sourcing.test_awards import disclosed
from tests.suppliers.sourcing.world import Sourcing


@pytest.fixture
def world(db) -> Sourcing:
    return Sourcing()


def browser(actor, language: str) -> Client:
    client = Client(headers={"accept-language": language})
    client.cookies["django_language"] = language
    client.force_login(actor.user)
    return client


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("Opening minutes", "Quote comparison", "Lowest price", "Award letter", "The receipt holds.")),
    ("zh-hans", ("开标记录", "比价", "最低价", "中标通知书", "投标回执有效。")),
])  # fmt: skip
def test_from_opening_to_result(world, language, words):
    committee = Committee(world)
    event = committee.event()
    receipts = [world.quotes(who, event, *prices).receipt for who, prices in enumerate([(10, 7), (11, 6)])]
    world.pass_time(event, days=8)
    client = browser(world.actor, language)
    begun = client.post(f"/sourcing/{gid(event)}/opening/", {"do": "Start", "envelope": "COMMERCIAL"})
    assert begun.status_code in (200, 302, 303), begun.content.decode()[:2000]
    committee.open(event)
    page = client.get(f"/sourcing/{gid(event)}/opening/").content.decode()
    assert words[0] in page
    assert "1700.00" in page
    scenario = solve(scenario_create(world.actor, event.pk, ScenarioDraft("Cheapest")).pk, seconds=20)
    page = client.get(f"/sourcing/{gid(event)}/compare/").content.decode()
    assert words[1] in page
    assert words[2] in page
    award = award_create(world.actor, scenario.pk)
    award_submit(world.actor, award.pk)
    assert client.get(f"/sourcing/{gid(event)}/compare/").status_code == 200
    award_approve(committee.actors[2], award.pk)
    letters_send(committee.actors[2], award.pk)
    assert client.get(f"/sourcing/{gid(event)}/compare/").status_code == 200
    page = browser(world.sellers[0], language).get("/sourcing/results/").content.decode()
    assert words[3] in page
    anonymous = Client(headers={"accept-language": language})
    assert anonymous.get("/verify-receipt/").status_code == 200
    found = anonymous.post("/verify-receipt/", {"receipt": json.dumps(receipts[0])})
    assert words[4] in found.content.decode()


def test_a_form_makes_a_scenario(world):
    event = world.event(confidentiality="hidden")
    world.quotes(0, event, 10, 7)
    disclosed(world, event)
    client = browser(world.actor, "en")
    sent = {
        "do": "Solve",
        "name": "Mine",
        "kind": "RULES",
        "rules.0.form": "",
        "rules.0.suppliers.0": "",
        "rules.0.low": "",
    }
    answer = client.post(f"/sourcing/{gid(event)}/compare/", sent)
    assert answer.status_code in (302, 303), answer.content.decode()[:3000]
    scenario = event.scenarios.get()
    assert [rule.form for rule in scenario.rules.all()] == ["WINNERS_PER_LINE"]
    sent |= {"rules.0.form": "WINNERS", "rules.0.high": "1", "name": "Other"}
    assert client.post(f"/sourcing/{gid(event)}/compare/", sent).status_code in (302, 303)
    assert event.scenarios.get(name="Other").rules.filter(form="WINNERS", high=1).exists()
    assert client.get("/sourcing/nothing/compare/").status_code == 404
