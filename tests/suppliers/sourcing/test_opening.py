"""Sealed quotes: unreadable before the opening, opened by a quorum, provable afterwards."""

import base64
import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode
from marketplace.core.wake import client
from ordercenter.quotes.models import Quote, QuoteLine, QuotePayload
from suppliers.sourcing.addenda import AddendumDraft, publish_addendum
from suppliers.sourcing.closing import close
from suppliers.sourcing.drafts import ColumnDraft
from suppliers.sourcing.envelopes import entries_of
from suppliers.sourcing.errors import SourcingErrorCode as Code
from suppliers.sourcing.merkle import root
from suppliers.sourcing.models import OpenedPart, OpenerKey, Opening, Round, SealedEntry, SourcingEvent
from suppliers.sourcing.openers import opener_key_create, opener_key_prove, openers_appoint
from suppliers.sourcing.opening import opening_share_give, opening_sign, opening_start
from suppliers.sourcing.publish import event_publish
from suppliers.sourcing.receipts import Verdict, erase_shares, receipt_verify
from suppliers.sourcing.submit import quote_confirm, quote_withdraw
from suppliers.sourcing.taking_part import acknowledge
from suppliers.sourcing.technical import Judged, technical_approve, technical_decide
from suppliers.sourcing.verify import awarded, opened, roots
from tests.factories import make_stranger
from tests.refusals import raises
from tests.statements import count_sql
from tests.suppliers.sourcing.sealed import PASSPHRASE, Committee

PLANTED = "7391.8264"


@pytest.fixture
def committee(world) -> Committee:
    return Committee(world)


def everything_stored() -> bytes:
    """Every value of every table, and everything in Redis, as text and as bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM \"{table}\" t")
            text = cursor.fetchone()[0]
            found.append(text.encode())
            # Bytes show as \\x hex: what they say is looked at, too.
            found += [bytes.fromhex(word[:-1] if len(word) % 2 else word) for word in _hex_words(text)]
    redis = client()
    for key in redis.scan_iter():
        kind = redis.type(key)
        value = redis.hgetall(key) if kind == b"hash" else redis.get(key) if kind == b"string" else b""
        found.append(repr((key, value)).encode())
    return b"\n".join(found)


def _hex_words(text: str) -> list[str]:
    return re.findall(r"\\\\?x([0-9a-f]{8,})", text)


def encodings(price: str) -> list[bytes]:
    plain = price.encode()
    return [plain, price.replace(".", "").encode(), plain.hex().encode(), base64.b64encode(plain)[:-2]]


def test_no_byte_of_a_price_is_stored_before_the_opening(world, committee, settings):
    event = committee.event()
    sent = world.quotes(0, event, PLANTED, 7)
    stored = everything_stored()
    assert not [one for one in encodings(PLANTED) if one in stored]
    assert PLANTED in sent.receipt["entries"][0]["part"]
    assert not [file for file in settings.MEDIA_ROOT.rglob("*") if file.is_file()]
    world.pass_time(event, days=8)
    opening = opening_start(world.actor, event.pk, "commercial")
    committee.give(0, opening)
    stored = everything_stored()
    assert not [one for one in encodings(PLANTED) if one in stored]
    committee.give(1, opening)
    # The search itself finds a price: once it is open it is there.
    assert PLANTED.encode() in everything_stored()


def test_a_search_that_looks_for_plain_quotes_finds_them(world):
    event = world.event(confidentiality="hidden")
    world.quotes(0, event, PLANTED, 7)
    assert PLANTED.encode() in everything_stored()


def test_the_buyer_a_rival_and_a_stranger_see_nothing_before_the_opening(world, committee):
    event = committee.event()
    world.quotes(0, event, 10, 7)
    for actor in (world.actor, world.second, world.sellers[1], make_stranger()):
        for model in (Quote, QuotePayload, SealedEntry, OpenedPart):
            assert not model.objects.visible_to(actor).exists()
    assert SealedEntry.objects.visible_to(world.sellers[0]).count() == 1


def test_a_quorum_opens_what_counts_and_writes_the_minutes(world, committee):
    event = committee.event()
    first = world.quotes(0, event, 10, 7)
    world.quotes(0, event, "9.5", 7)
    world.quotes(1, event, 11, 6)
    world.quotes(2, event, 12, 5)
    quote_withdraw(world.sellers[2], world.part(2, event).pk)
    world.pass_time(event, days=8)
    opening = committee.open(event)
    event.refresh_from_db()
    assert event.status == "opened"
    assert sorted(QuoteLine.objects.values_list("price", flat=True)) == [6, 7, Decimal("9.5"), 11]
    assert {row["supplier"]: row["total"] for row in opening.minutes["quotes"]} == {"A": "1650.00", "B": "1700.00"}
    assert opening.minutes["entries"] == 5
    assert [one["name"] for one in opening.minutes["openers"]] == [committee.keys[at].user.name for at in (0, 2)]
    assert opening.minutes["root"] == opening.minutes["root_published"]
    assert OpenedPart.objects.count() == 2
    # The superseded version stays in the tree and shut.
    (checked,) = receipt_verify(json.dumps(first.receipt))
    assert checked.verdict == Verdict.INCLUDED
    assert not OpenedPart.objects.filter(entry__version=first.version).exists()
    assert opening_sign(world.actor, opening.pk).shares.exclude(signed_at=None).count() == 1
    with raises(CoreErrorCode.NOT_FOUND, field="id"):
        opening_sign(world.second, opening.pk)


def test_k_less_one_openers_open_nothing(world, committee):
    event = committee.event(needed=3)
    world.quotes(0, event, 10, 7)
    world.pass_time(event, days=8)
    opening = committee.open(event, who=(0, 1))
    assert opening.opened_at is None
    assert not QuoteLine.objects.exists()
    with raises(Code.OPENER_REPEATED):
        committee.give(1, opening)
    assert committee.give(2, opening).opened_at is not None


def test_an_opening_waits_for_its_instant_and_for_two_within_half_an_hour(world, committee):
    event = committee.event()
    world.quotes(0, event, 10, 7)
    with raises(Code.OPENING_EARLY):
        opening_start(world.actor, event.pk, "commercial")
    world.pass_time(event, days=7, minutes=5)
    with raises(Code.OPENING_EARLY):
        opening_start(world.actor, event.pk, "commercial")
    world.pass_time(event, days=1)
    opening = opening_start(world.actor, event.pk, "commercial")
    assert opening_start(world.second, event.pk, "commercial") == opening
    committee.give(0, opening)
    past = timedelta(minutes=31)
    Opening.objects.update(started_at=F("started_at") - past, expires_at=F("expires_at") - past)
    with raises(Code.QUORUM_MISSING):
        committee.give(1, opening)
    again = opening_start(world.second, event.pk, "commercial")
    assert again != opening
    assert committee.give(1, again).opened_at is None
    assert committee.give(0, again).opened_at is not None
    with raises(CoreErrorCode.INVALID_TRANSITION):
        opening_start(world.actor, event.pk, "commercial")


def test_a_lost_parked_share_is_missing_and_nothing_else_is_wrong(world, committee):
    event = committee.event()
    world.quotes(0, event, 10, 7)
    world.pass_time(event, days=8)
    opening = opening_start(world.actor, event.pk, "commercial")
    committee.give(0, opening)
    client().delete(f"sourcing:opening:{bytes(opening.salt).hex()}")
    assert committee.give(1, opening).opened_at is None
    assert committee.give(2, opening).opened_at is not None


def test_five_wrong_passphrases_lock_the_key(world, committee):
    event = committee.event()
    world.pass_time(event, days=8)
    opening = opening_start(world.actor, event.pk, "commercial")
    for _ in range(5):
        with raises(Code.PASSPHRASE_WRONG, field="passphrase"):
            committee.give(0, opening, "three loud herons")
    with raises(Code.PASSPHRASE_WRONG, field="passphrase"):
        committee.give(0, opening)
    OpenerKey.objects.update(locked_until=F("locked_until") - timedelta(minutes=15))
    committee.give(0, opening)


def test_an_opener_needs_a_second_factor_each_time(world, committee):
    event = committee.event()
    world.pass_time(event, days=8)
    opening = opening_start(world.actor, event.pk, "commercial")
    code = committee.code(world.actor)
    with raises(Code.SECOND_FACTOR, field="code"):
        opening_share_give(world.actor, opening.pk, PASSPHRASE, "000000")
    opening_share_give(world.actor, opening.pk, PASSPHRASE, code)
    with raises(CoreErrorCode.NOT_FOUND, field="id"):
        opening_share_give(make_stranger(), opening.pk, PASSPHRASE, code)


def test_a_damaged_payload_is_listed_and_the_others_open(world, committee):
    event = committee.event()
    sent = world.quotes(0, event, 10, 7)
    world.quotes(1, event, 11, 6)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE quotes_quotepayload DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE quotes_quotepayload SET content = set_byte(content, 99, get_byte(content, 99) # 1)"
            " WHERE version_id = %s",
            [sent.version.pk],
        )
        cursor.execute("ALTER TABLE quotes_quotepayload ENABLE TRIGGER USER")
    world.pass_time(event, days=8)
    opening = committee.open(event)
    told = {row["supplier"]: row["readable"] for row in opening.minutes["quotes"]}
    assert told == {"A": False, "B": True}
    assert list(Quote.objects.exclude(disclosed_at=None).values_list("seller__name", flat=True)) == ["B"]


def test_a_confirmed_quote_is_opened_from_its_first_version(world, committee):
    event = committee.event()
    world.quotes(0, event, 10, 7)
    publish_addendum(world.actor, event.pk, AddendumDraft("Other pans", material=True))
    acknowledge(world.sellers[0], world.part(0, event).pk, 2)
    confirmed = quote_confirm(world.sellers[0], world.part(0, event).pk)
    (entry,) = [json.loads(one["entry"]) for one in confirmed.receipt["entries"]]
    assert (entry["kind"], entry["of"], entry["seq"], entry["event_version"]) == ("CONFIRM", 1, 2, 2)
    assert receipt_verify(json.dumps(confirmed.receipt))[0].verdict == Verdict.ISSUED
    world.pass_time(event, days=8)
    assert len(committee.open(event).minutes["quotes"]) == 1


def test_the_published_root_is_the_root_of_the_table_and_one_changed_byte_breaks_it(world, committee):
    event = committee.event()
    receipts = [world.quotes(who, event, 10 + who, 7).receipt for who in range(3)]
    world.pass_time(event, days=8)
    committee.open(event)
    round_ = Round.objects.get(event=event)
    assert round_.roots == {"commercial": root(entries_of(round_, "commercial")).hex()}
    for receipt in receipts:
        assert [one.verdict for one in receipt_verify(json.dumps(receipt))] == [Verdict.INCLUDED]
    with pytest.raises(DatabaseError), transaction.atomic():
        SealedEntry.objects.update(lot=2)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE sourcing_sealedentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE sourcing_sealedentry SET entry = set_byte(entry, 20, 49) WHERE seq = 2")
        cursor.execute("ALTER TABLE sourcing_sealedentry ENABLE TRIGGER USER")
    verdicts = [receipt_verify(json.dumps(receipt))[0].verdict for receipt in receipts]
    assert verdicts == [Verdict.NOT_INCLUDED, Verdict.UNKNOWN, Verdict.NOT_INCLUDED]


def test_a_bent_receipt_is_told_from_a_true_one(world, committee):
    event = committee.event()
    receipt = world.quotes(0, event, 10, 7).receipt
    one = receipt["entries"][0]
    cheaper = json.dumps(receipt | {"entries": [one | {"part": one["part"].replace("10.0000", "09.0000")}]})
    forged = json.dumps(receipt | {"entries": [one | {"entry": one["entry"].replace('"seq":1', '"seq":2')}]})
    assert receipt_verify(cheaper)[0].verdict == Verdict.BAD_COMMITMENT
    assert receipt_verify(forged)[0].verdict == Verdict.BAD_SIGNATURE
    assert [receipt_verify(text)[0].verdict for text in ("", "[]", "{}", "null", '{"format": 1}')] == [
        Verdict.MALFORMED
    ] * 5


def test_the_commercial_envelope_waits_for_the_technical_decision_and_losers_stay_shut(world, committee):
    sheet = [ColumnDraft("origin", label_en="Origin", envelope="technical")]
    event = committee.event(2, None, sheet, two_envelopes=True)
    for who in (0, 1):
        world.quotes(who, event, 10 + who, 7, values={"origin": "CN"})
    world.pass_time(event, days=8)
    with raises(Code.TECHNICAL_PENDING):
        opening_start(world.actor, event.pk, "commercial")
    with raises(Code.TECHNICAL_PENDING):
        technical_decide(world.actor, event.pk, [])
    opening = committee.open(event, "technical")
    assert not QuoteLine.objects.exists()
    assert not Quote.objects.visible_to(world.actor).exists()
    assert all("total" not in row for row in opening.minutes["quotes"])
    good, bad = (world.part(who, event).pk for who in (0, 1))
    with raises(CoreErrorCode.INVALID, field="results"):
        technical_decide(world.actor, event.pk, [Judged(good, True)])
    with raises(Code.REASON_REQUIRED, field="results.reason", index=1):
        technical_decide(world.actor, event.pk, [Judged(good, True), Judged(bad, False)])
    technical_decide(world.actor, event.pk, [Judged(good, True, Decimal(80)), Judged(bad, False, reason="No mark")])
    with raises(Code.SECOND_PERSON):
        technical_approve(world.actor, event.pk)
    with raises(Code.TECHNICAL_PENDING):
        opening_start(world.actor, event.pk, "commercial")
    technical_approve(world.second, event.pk)
    opening = committee.open(event, "commercial")
    assert [row["supplier"] for row in opening.minutes["quotes"]] == ["A"]
    assert opening.minutes["entries"] == 2
    assert {line.values.get("origin") for line in QuoteLine.objects.all()} == {"CN"}
    event.refresh_from_db()
    assert event.status == "opened"


def test_erased_shares_open_nothing_any_more(world, committee):
    event = committee.event()
    world.quotes(0, event, 10, 7)
    world.pass_time(event, days=8)
    opening = opening_start(world.actor, event.pk, "commercial")
    assert erase_shares(event) == 3
    assert erase_shares(event) == 0
    with raises(CoreErrorCode.INVALID_TRANSITION):
        committee.give(0, opening)


def test_a_sealed_event_needs_openers_who_know_their_passphrases(world, committee):
    event = world.created(confidentiality="sealed")
    with raises(Code.QUORUM_MISSING, field="openers"):
        event_publish(world.actor, event.pk)
    with raises(Code.QUORUM_MISSING, field="openers"):
        openers_appoint(world.actor, event.pk, [committee.keys[0].pk], 2)
    with raises(CoreErrorCode.NOT_FOUND, field="keys", index=1):
        openers_appoint(world.actor, event.pk, [committee.keys[0].pk, 0], 2)
    openers_appoint(world.actor, event.pk, [key.pk for key in committee.keys], 2)
    OpenerKey.objects.filter(pk=committee.keys[1].pk).update(proved_at=F("proved_at") - timedelta(days=8))
    with raises(Code.QUORUM_MISSING, field="openers", index=1):
        event_publish(world.actor, event.pk)
    opener_key_prove(world.second, committee.keys[1].pk, PASSPHRASE)
    OpenerKey.objects.filter(pk=committee.keys[2].pk).update(outside_purchasing=False)
    with raises(Code.QUORUM_MISSING, field="openers"):
        event_publish(world.actor, event.pk)
    OpenerKey.objects.filter(pk=committee.keys[2].pk).update(outside_purchasing=True)
    assert event_publish(world.actor, event.pk).rules["envelope_keys"]
    with raises(CoreErrorCode.INVALID, field="passphrase"):
        opener_key_create(world.actor, "short")
    with raises(CoreErrorCode.PERMISSION_DENIED):
        opener_key_create(Actor.anonymous(), PASSPHRASE)


def test_opening_many_costs_as_many_statements_as_opening_two(world, committee):
    counts = []
    for suppliers in (2, 3):
        event = committee.event(suppliers)
        for who in range(suppliers):
            world.quotes(who, event, *([10 + who] * suppliers))
        world.pass_time(event, days=8)
        close(event.pk)
        opening = opening_start(world.actor, event.pk, "commercial")
        committee.give(0, opening)
        with count_sql() as counted:
            committee.give(1, opening)
        counts.append(counted.count)
    assert counts[0] == counts[1]
    assert SourcingEvent.objects.filter(status="opened").count() == 2


def test_verify_finds_a_changed_entry_and_a_changed_root(world, committee):
    event = committee.event()
    world.quotes(0, event, 10, 7)
    world.pass_time(event, days=8)
    committee.open(event)
    assert [*roots(), *opened(), *awarded()] == []
    Round.objects.update(roots={"commercial": "00" * 32})
    assert len(list(roots())) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("sourcing_sealedentry", "sourcing_openedpart"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE sourcing_sealedentry SET entry = set_byte(entry, 20, 49)")
        cursor.execute("UPDATE sourcing_openedpart SET nonce = set_byte(nonce, 3, get_byte(nonce, 3) # 1)")
        for table in ("sourcing_sealedentry", "sourcing_openedpart"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert [len(list(found)) for found in (roots(), opened(), awarded())] == [2, 1, 0]
