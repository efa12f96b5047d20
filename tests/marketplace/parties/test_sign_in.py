"""Signing in: by e-mail address and password, throttled, with a second factor, and never by signing up."""

import re
import time
from itertools import count
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from marketplace.core import outbox
from marketplace.core.models import OutboxEvent
from marketplace.parties.members import MemberDraft, create_member
from marketplace.parties.models import Membership, User
from tests.factories import PASSWORD, make_member

LOGIN, RESET, TOTP = "/accounts/login/", "/accounts/password/reset/", "/accounts/2fa/totp/activate/"
_addresses = count(int(time.time()) % 2**24)


@pytest.fixture
def browser() -> Client:
    """A browser at an address of its own: attempts are counted by address, in a Redis that others use, too."""
    number = next(_addresses) % 2**24
    return Client(REMOTE_ADDR=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")


@pytest.fixture
def member(seller) -> Membership:
    return make_member(seller, "seller_owner", email=f"{uuid4()}@xinghe.example")


def enter(browser: Client, email: str, password: str = PASSWORD):
    return browser.post(LOGIN, {"login": email, "password": password})


def is_in(browser: Client) -> bool:
    return get_user(browser).is_authenticated


def test_one_signs_in_by_address_and_password_whatever_the_case(browser, member):
    answer = enter(browser, member.user.email.upper())
    assert (answer.status_code, answer.url) == (302, "/")
    assert is_in(browser)


def test_a_wrong_password_and_an_unknown_address_are_refused_alike(browser, member):
    wrong = enter(browser, member.user.email, "wrong-password")
    unknown = enter(browser, "nobody@nowhere.example", "wrong-password")
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert not is_in(browser)


def test_a_deactivated_person_stays_out(browser, member):
    User.objects.filter(pk=member.user_id).update(is_active=False)
    enter(browser, member.user.email)
    assert not is_in(browser)


def test_guessing_is_throttled_for_the_right_password_too(browser, member):
    for _try in range(6):
        enter(browser, member.user.email, "wrong-password")
    enter(browser, member.user.email)
    assert not is_in(browser)


def test_nobody_signs_up(browser, db):
    answer = browser.post("/accounts/signup/", {"email": "a@b.example", "password1": PASSWORD})
    assert (answer.status_code, answer.url) == (302, LOGIN)
    assert not User.objects.filter(email="a@b.example").exists()


def link_of(message) -> str:
    return re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", message.body)[1]


def set_password(browser: Client, link: str, password: str):
    form = browser.get(link).url
    return browser.post(form, {"password1": password, "password2": password})


def test_a_forgotten_password_is_reset_by_mail_once(browser, member):
    browser.post(RESET, {"email": member.user.email})
    link = link_of(mail.outbox[0])
    weak = set_password(browser, link, "12345678901")
    assert weak.status_code == 200, "digits only"
    set_password(browser, link, "a better pass phrase")
    assert enter(browser, member.user.email, "a better pass phrase").status_code == 302
    assert is_in(browser)
    assert browser.get(link).status_code == 200, "the link does not work again"
    assert any("password" in message.subject.lower() for message in mail.outbox[1:]), "the person is told"


def test_a_reset_for_an_unknown_address_looks_the_same_and_sends_nothing(browser, member):
    known, unknown = (browser.post(RESET, {"email": email}) for email in (member.user.email, "x@nowhere.example"))
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 1


def test_a_new_member_sets_the_password_by_the_first_mail(browser, owner, seller):
    OutboxEvent.objects.all().delete()
    email = f"{uuid4()}@xinghe.example"
    create_member(owner, MemberDraft(email, "王磊", language="zh-hans"))
    outbox.dispatch_all()
    assert (mail.outbox[0].to, mail.outbox[0].subject) == ([email], "[Entrepot] 您在 Xinghe Home 的成员身份")
    set_password(browser, link_of(mail.outbox[0]), "a good pass phrase")
    enter(browser, email, "a good pass phrase")
    assert is_in(browser)


def test_somebody_with_a_password_is_not_written_to_again(owner, dealer):
    OutboxEvent.objects.all().delete()
    create_member(owner, MemberDraft(dealer.user.email))
    outbox.dispatch_all()
    assert not mail.outbox


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_a_second_factor_is_asked_for_and_a_recovery_code_does(browser, member):
    enter(browser, member.user.email)
    assert browser.get(TOTP).url.startswith("/accounts/reauthenticate/"), "the password is asked for again"
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = browser.get(TOTP).context["form"].secret
    assert browser.post(TOTP, {"code": code_of(secret)}).status_code == 302
    codes = browser.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    browser.post("/accounts/logout/")
    assert not is_in(browser)
    assert enter(browser, member.user.email).url.startswith("/accounts/2fa/authenticate/")
    assert not is_in(browser)
    browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_in(browser)
    browser.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert is_in(browser)


def test_one_ends_ones_other_sessions(browser, member):
    other = Client(REMOTE_ADDR="10.9.8.7")
    enter(other, member.user.email)
    enter(browser, member.user.email)
    assert len(browser.get("/accounts/sessions/").context["sessions"]) == 2
    browser.post("/accounts/sessions/")
    assert is_in(browser)
    assert not is_in(other)


@pytest.mark.django_db
def test_passwords_are_kept_as_argon2(settings):
    from marketplace import settings as ours

    settings.PASSWORD_HASHERS = ours.PASSWORD_HASHERS
    assert User.objects.create_user("a@b.example", PASSWORD, name="A").password.startswith("argon2$")
