"""Small values of parties: codes, currencies, zones, languages; each checked the same way wherever it comes in."""

from collections.abc import Iterable
from functools import lru_cache
from secrets import token_hex
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import CoreErrorCode, DomainError


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def code_from(name: str) -> str:
    """A code nobody else has: the Latin letters of a name and six random ones (Chinese names leave only these)."""
    return "-".join(part for part in (slugify(name)[:48], token_hex(3)) if part)


def checked_currency(currency: str, field: str = "currency") -> Iterable[DomainError]:
    """A problem for what is not written as an ISO 4217 code."""
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        text = _("%(value)s is not a currency code such as CNY.") % {"value": currency}
        yield DomainError(CoreErrorCode.INVALID, text, field)


def checked_time_zone(zone: str, field: str = "time_zone") -> Iterable[DomainError]:
    """A problem for a time zone this machine does not know."""
    if zone not in _zones():
        text = _("%(value)s is not a time zone such as Asia/Shanghai.") % {"value": zone}
        yield DomainError(CoreErrorCode.INVALID, text, field)


def checked_language(language: str, field: str = "language") -> Iterable[DomainError]:
    """A problem for a language we do not speak; the empty one means that none was chosen."""
    if language and language not in dict(settings.LANGUAGES):
        text = _("%(value)s is not a language of this program.") % {"value": language}
        yield DomainError(CoreErrorCode.INVALID, text, field)


def checked_length(value: str, longest: int, field: str) -> Iterable[DomainError]:
    """A problem for a text that does not fit its column."""
    if len(value) > longest:
        text = _("At most %(longest)s characters.") % {"longest": longest}
        yield DomainError(CoreErrorCode.INVALID, text, field)


def checked_country(country: str, field: str = "country") -> Iterable[DomainError]:
    """A problem for what is not written as an ISO 3166 code."""
    if len(country) != 2 or not country.isascii() or not country.isupper():
        text = _("%(value)s is not a country code such as CN.") % {"value": country}
        yield DomainError(CoreErrorCode.INVALID, text, field)


def checked_email(email: str, field: str = "email") -> Iterable[DomainError]:
    """A problem for what is no e-mail address; the empty one means that there is none."""
    try:
        if email:
            validate_email(email)
    except ValidationError:
        text = _("%(value)s is not an e-mail address.") % {"value": email}
        yield DomainError(CoreErrorCode.INVALID, text, field)


def checked_website(address: str, field: str = "website") -> Iterable[DomainError]:
    """A problem for what is no web address: http or https only, as people click on it."""
    try:
        if address:
            URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        text = _("%(value)s is not a web address such as https://example.com.") % {"value": address}
        yield DomainError(CoreErrorCode.INVALID, text, field)
