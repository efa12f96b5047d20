"""Somebody at a screen: signs in, reads in their language, and notices what a page does wrong."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.test import Client
from django.utils import translation
from playwright.sync_api import Browser, ConsoleMessage, Page

from marketplace.parties.models import User
from tests.factories import PASSWORD

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What passes is not described, nor sent over.
LOOK = """async (rules) => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false});
  return found.violations;
}"""
# A field half under a bar that sticks is scrolled into sight by its user: while axe looks, such bars stand in the page.
UNSTICK = """() => document.querySelectorAll('body *').forEach((one) => {
  if (['sticky', 'fixed'].includes(getComputedStyle(one).position) && !one.closest('dialog')) {
    one.dataset.stuck = one.style.position;
    one.style.setProperty('position', 'static', 'important');
  }
})"""
STICK = """() => document.querySelectorAll('[data-stuck]').forEach((one) => {
  one.style.position = one.dataset.stuck;
  delete one.dataset.stuck;
})"""
# What htmx says of a request whose page was left before its answer came.
LEFT = (
    "htmx:sendAbort",
    "htmx:afterRequest",
    "htmx:oobErrorNoTarget, #live-",
    "htmx:oobErrorNoTarget, #shipment-count",
)
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}


class Person:
    """`page` is theirs; `errors` what the console said; `says` a word of the pages in their language."""

    def __init__(self, browser: Browser, site: str, email: str, language: str, width: int, **options: Any) -> None:
        self.site = site
        self.email = email
        self.language = language
        self.errors: list[str] = []
        viewport = {"width": width, "height": 900}
        self.context = browser.new_context(
            base_url=site, viewport=viewport, locale=LOCALES[language], has_touch=width < 500, **options
        )
        self.context.set_default_timeout(15_000)
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.errors.append(f"{self.page.url}: {error}"))

    @cached_property
    def page(self) -> Page:
        """The window."""
        return self.context.new_page()

    def heard(self, message: ConsoleMessage) -> None:
        """Keep errors, but not of a form that was refused (422), nor of a request that ended as one went elsewhere."""
        left = any(said in message.text for said in LEFT)
        if message.type == "error" and "422" not in message.text and not left:
            self.errors.append(f"{self.page.url}: {message.text}")

    def says(self, text: str, plural: str = "", n: int = 1, **names: Any) -> str:
        """A string of the catalogue as this person reads it."""
        with translation.override(self.language):
            found = translation.ngettext(text, plural, n) if plural else translation.gettext(text)
        return found % names if names else found

    def sign_in(self, goal: str = "/") -> Page:
        """Be signed in, and there: with the session that signing in would have made."""
        self.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(self.email), "url": self.site}]
        )
        self.page.goto(goal)
        return self.page

    def type_password(self, goal: str = "/") -> Page:
        """By e-mail address and password, as everybody does."""
        self.page.goto(f"{settings.LOGIN_URL}?next={goal}")
        self.page.get_by_label(self.says("E-mail")).fill(self.email)
        self.page.get_by_label(self.says("Password")).fill(PASSWORD)
        self.page.get_by_role("button", name=self.says("Sign in"), exact=True).click()
        self.page.wait_for_url(lambda url: settings.LOGIN_URL not in url)
        return self.page

    def button(self, text: str, **names: Any) -> Any:
        """A button by its words."""
        return self.page.get_by_role("button", name=self.says(text, **names), exact=True)

    def flaws(self) -> list[str]:
        """What axe finds on the page as it is now: rule and first element."""
        # as the browser's own tools would, for the pages allow no script that is not theirs
        self.page.evaluate(f"() => {{ {AXE.read_text()} }}")
        self.page.evaluate(UNSTICK)
        found = self.page.evaluate(LOOK, RULES)
        self.page.evaluate(STICK)
        return [f"{self.page.url} {one['id']}: {told(one['nodes'][0])}" for one in found]

    def overflows(self) -> bool:
        """Whether the page has to be pushed sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def session_of(email: str) -> str:
    """The key of a session of theirs, begun a moment ago."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time(), "email": email}]
    session.save()
    return session.session_key


def told(node: dict[str, Any]) -> str:
    """The element, and what is wrong with it."""
    return f"{node['html'][:160]} {node.get('failureSummary', '')}"
