"""Sign-in of API clients: pairs of tokens, rotation, theft, second factor, throttling."""

import contextlib
import threading
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from marketplace.graphql import to_global_id, tokens
from marketplace.graphql.models import TokenFamily
from marketplace.graphql.tasks import sweep_tokens
from marketplace.parties.models import Membership
from tests.factories import PASSWORD
from tests.threads import at_once

pytestmark = pytest.mark.django_db

CREATE = """mutation($email: String!, $password: String!, $code: String) {
  tokenCreate(email: $email, password: $password, code: $code) {
    tokens { access refresh expiresIn } errors { code field } } }"""
REFRESH = "mutation($t: String!) { tokenRefresh(refreshToken: $t) { tokens { access refresh } errors { code } } }"
REVOKE = "mutation($t: String!) { tokenRevoke(refreshToken: $t) { errors { code } } }"
SWITCH = """mutation($o: ID!, $t: String!) { organizationSwitch(organization: $o, refreshToken: $t) {
  tokens { access refresh } errors { code field } } }"""
WHO = "{ addresses { nodes { contact } } }"


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


def create(http, email, password=PASSWORD, code=None):
    return http(CREATE, {"email": email, "password": password, "code": code}).answer["data"]["tokenCreate"]


def refresh(http, token):
    answer = http(REFRESH, {"t": token}).answer["data"]["tokenRefresh"]
    return answer["tokens"], [error["code"] for error in answer["errors"]]


def contacts(http, access):
    return http(WHO, Authorization=f"Bearer {access}").answer["data"]["addresses"]["nodes"]


def test_a_password_buys_a_pair_of_tokens(http, people):
    pair = create(http, people.owner.user.email.upper())["tokens"]
    assert pair["expiresIn"] == 600
    assert contacts(http, pair["access"]) == [{"contact": "C Seller"}]


@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_password_and_an_unknown_address_are_told_alike(http, people, known):
    email = people.owner.user.email if known else "nobody@example.com"
    answer = create(http, email, "wrong")
    assert answer == {"tokens": None, "errors": [{"code": "INVALID_CREDENTIALS", "field": None}]}


def test_guessing_is_throttled(http, people):
    codes = [create(http, people.owner.user.email, "wrong")["errors"][0]["code"] for _ in range(12)]
    assert codes[0] == "INVALID_CREDENTIALS" and codes[-1] == "TOO_MANY_ATTEMPTS"
    assert create(http, people.owner.user.email)["errors"][0]["code"] == "TOO_MANY_ATTEMPTS"


def test_a_second_factor_is_asked_for_and_a_code_counts_once(http, people):
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(people.owner.user, secret)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    email = people.owner.user.email
    assert create(http, email)["errors"] == [{"code": "CODE_REQUIRED", "field": "code"}]
    assert create(http, email, code="000000")["errors"] == [{"code": "INVALID_CODE", "field": "code"}]
    assert create(http, email, code=code)["tokens"]
    assert create(http, email, code=code)["errors"] == [{"code": "INVALID_CODE", "field": "code"}]


def test_a_refresh_token_is_good_for_one_pair(http, people):
    first = create(http, people.owner.user.email)["tokens"]
    second, codes = refresh(http, first["refresh"])
    assert codes == [] and second["refresh"] != first["refresh"]
    assert contacts(http, second["access"]) == [{"contact": "C Seller"}]


def test_a_refresh_token_that_comes_twice_ends_the_whole_family(http, people):
    first = create(http, people.owner.user.email)["tokens"]
    second, _ = refresh(http, first["refresh"])
    other = create(http, people.owner.user.email)["tokens"]
    assert refresh(http, first["refresh"]) == (None, ["INVALID_TOKEN"])
    assert refresh(http, second["refresh"]) == (None, ["INVALID_TOKEN"])
    assert refresh(http, other["refresh"])[1] == []


def test_signing_out_ends_the_family(http, people):
    pair = create(http, people.owner.user.email)["tokens"]
    assert http(REVOKE, {"t": pair["refresh"]}).answer["data"]["tokenRevoke"]["errors"] == []
    assert refresh(http, pair["refresh"]) == (None, ["INVALID_TOKEN"])


def test_a_changed_password_ends_every_sign_in(http, people):
    pair = create(http, people.owner.user.email)["tokens"]
    people.owner.user.set_password("something else entirely")
    people.owner.user.save()
    assert refresh(http, pair["refresh"]) == (None, ["INVALID_TOKEN"])


def test_an_expired_token_is_refused(http, people, monkeypatch):
    pair = tokens.issue(people.owner.user, people.seller.pk)
    now = timezone.now()
    monkeypatch.setattr(tokens.timezone, "now", lambda: now + tokens.refresh_lifetime())
    assert refresh(http, pair.refresh) == (None, ["INVALID_TOKEN"])
    response = http(WHO, Authorization=f"Bearer {pair.access}", **{"Accept-Language": "en"})
    assert response.status_code == 401
    assert response.answer["errors"][0]["message"] == "The access token has expired."


def test_a_user_switches_between_their_organizations_and_no_others(http, people):
    Membership.objects.create(user=people.owner.user, organization=people.dealers[0])
    pair = create(http, people.owner.user.email)["tokens"]

    def switch(organization, token):
        variables = {"o": to_global_id("Organization", organization.pk), "t": token}
        return http(SWITCH, variables, people.owner).answer["data"]["organizationSwitch"]

    refused = switch(people.stranger, pair["refresh"])
    assert refused["errors"] == [{"code": "NOT_FOUND", "field": "organization"}]
    switched = switch(people.dealers[0], pair["refresh"])["tokens"]
    assert contacts(http, switched["access"]) == [{"contact": "C Alpha"}]
    stolen = create(http, people.outsider.user.email)["tokens"]["refresh"]
    assert switch(people.dealers[0], stolen)["errors"][0]["code"] == "INVALID_TOKEN"


def test_a_token_signed_with_another_key_is_refused(http, people, settings):
    pair = tokens.issue(people.owner.user, people.seller.pk)
    kept = settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 8
    assert http(WHO, Authorization=f"Bearer {pair.access}").status_code == 401
    settings.SECRET_KEY_FALLBACKS = [kept]
    assert contacts(http, pair.access) == [{"contact": "C Seller"}]


def test_an_answer_with_a_secret_is_never_stored(http, people):
    variables = {"email": people.owner.user.email, "password": PASSWORD}
    (error,) = http(CREATE, variables, people.owner, **{"Idempotency-Key": "k"}).answer["errors"]
    assert error["extensions"]["code"] == "IDEMPOTENCY_INVALID"


# --- a refresh token used twice at once -------------------------------------------------------------------------------


def rotate_at_once(monkeypatch, refresh_token):
    """Two uses of one token, held at the point between reading it and marking it; how many got a pair."""
    meeting = threading.Barrier(2)
    real = timezone.now

    def now():
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(0.5)
        return real()

    monkeypatch.setattr(tokens, "timezone", SimpleNamespace(now=now))
    pairs = at_once(2, lambda _n: tokens._rotate(refresh_token, None))
    monkeypatch.setattr(tokens, "timezone", timezone)
    return sum(pair is not None for pair in pairs)


@pytest.mark.django_db(transaction=True)
def test_two_uses_of_one_token_at_once_give_one_pair_and_end_the_family(people, monkeypatch):
    pair = tokens.issue(people.owner.user, people.seller.pk)
    assert rotate_at_once(monkeypatch, pair.refresh) == 1
    assert TokenFamily.objects.get().revoked_at is not None


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_uses_at_once_give_two_pairs(people, monkeypatch):
    """The twin of the test above: it can see the fault."""
    pair = tokens.issue(people.owner.user, people.seller.pk)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
    assert rotate_at_once(monkeypatch, pair.refresh) == 2


def test_sign_ins_that_have_ended_are_swept_and_others_stay(people, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(tokens.timezone, "now", lambda: now - 2 * tokens.refresh_lifetime())
    tokens.issue(people.owner.user, people.seller.pk)
    monkeypatch.setattr(tokens.timezone, "now", lambda: now)
    pair = tokens.issue(people.owner.user, people.seller.pk)
    assert sweep_tokens() == 1
    assert tokens.rotate(pair.refresh)
