"""Signing in: the password, the second factor, what is refused, and where one is signed in."""

import base64
import hashlib
import hmac
import struct
import time

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.e2e.market import DEALER
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def code_of(secret: str, step: int = 0) -> str:
    """What an authenticator app shows now (RFC 6238), or so many half minutes later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_a_wrong_password_is_told_without_saying_what_was_wrong(visit):
    person = visit()
    page = person.page
    page.goto(settings.LOGIN_URL)
    assert person.flaws() == []
    page.get_by_label("E-mail").fill(DEALER)
    page.get_by_label("Password").fill("not-this-one")
    person.button("Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert person.flaws() == []


def test_with_a_second_factor_the_password_is_not_enough(visit):
    person = visit(DEALER)
    page = person.type_password("/accounts/2fa/totp/activate/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        person.button("Go on").click()
    secret = page.locator("code").first.inner_text()
    assert person.flaws() == []
    page.get_by_label("Code").fill(code_of(secret))
    person.button("Switch on").click()
    page.goto("/company/security/")
    expect(page.locator(".status-quiet").first).to_have_text("On")
    page.get_by_text("Account menu").locator("..").click()
    person.button("Sign out").click()
    page.wait_for_url(f"**{settings.LOGIN_URL}")
    person.type_password("/home/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    assert person.flaws() == []
    page.get_by_label("Code").fill(code_of(secret, 1))
    person.button("Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ordering for")
