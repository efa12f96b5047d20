"""What can be chosen for the terms of a partner: values of the schema with their words."""

from django import template
from django.utils.translation import gettext as _

from storefront.templatetags.trade import SYMBOLS

register = template.Library()
Pairs = list[tuple[str, str]]
ASIA = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Asia/Bangkok")
EUROPE = ("Europe/London", "Europe/Berlin", "Europe/Paris")
ZONES = (*ASIA, *EUROPE, "America/New_York", "America/Los_Angeles", "Australia/Sydney", "UTC")


@register.simple_tag
def payment_methods() -> Pairs:
    """How a partner pays."""
    return [
        ("ON_ACCOUNT", _("On account")),
        ("BANK_TRANSFER", _("Bank transfer")),
        ("ONLINE", _("Online payment")),
        ("FUND_ACCOUNT", _("Fund account")),
        ("ACCEPTANCE_BILL", _("Acceptance bill")),
        ("ON_DELIVERY", _("On delivery")),
    ]


@register.simple_tag
def short_policies() -> Pairs:
    """What happens to an order when stock is short."""
    return [
        ("PARTIAL", _("Partial allowed")),
        ("PARTIAL_CANCEL", _("Cancel the rest")),
        ("COMPLETE_LINE", _("Complete lines")),
        ("COMPLETE_ORDER", _("Complete order")),
    ]


@register.simple_tag
def price_scopes() -> Pairs:
    """Which price lists may answer."""
    return [("ALL", _("All price lists")), ("OWN", _("Own price lists only"))]


@register.simple_tag
def partner_roles() -> Pairs:
    """What a partner is to its seller."""
    return [("DEALER", _("Dealer")), ("SUB_DEALER", _("Sub-dealer"))]


@register.simple_tag
def countries() -> Pairs:
    """Where partners are, the most frequent ones; another can be typed as its code."""
    return [
        ("CN", _("China")),
        ("HK", _("Hong Kong")),
        ("MO", _("Macau")),
        ("TW", _("Taiwan")),
        ("SG", _("Singapore")),
        ("MY", _("Malaysia")),
        ("TH", _("Thailand")),
        ("VN", _("Vietnam")),
        ("JP", _("Japan")),
        ("KR", _("South Korea")),
        ("US", _("United States")),
        ("CA", _("Canada")),
        ("GB", _("United Kingdom")),
        ("DE", _("Germany")),
        ("FR", _("France")),
        ("AU", _("Australia")),
    ]


@register.simple_tag
def currencies() -> Pairs:
    """Currencies of trades."""
    return [(code, code) for code in (*SYMBOLS, "KRW", "SGD", "AUD", "CAD")]


@register.simple_tag
def time_zones() -> Pairs:
    """Zones of partners' clocks."""
    return [(name, name.replace("_", " ")) for name in ZONES]


@register.simple_tag
def message_languages() -> Pairs:
    """Languages that messages are written in, each by its own name."""
    return [("zh-hans", "中文"), ("en", "English")]


@register.filter
def country_name(code: str) -> str:
    """A country in words, or its code where it has none here."""
    return dict(countries()).get(code, code)


@register.filter
def language_of(code: str) -> str:
    """A language by its own name."""
    return dict(message_languages()).get(code, code)
