"""Who trades and what: the seller, its dealers, its articles, and what these cost when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.db import transaction
from django.utils import translation

from integrations.invoices.countries import country_code
from integrations.invoices.statements import refresh_statistics, rows_of
from marketplace.catalog.models import Listing, Pack, Product, Variant
from marketplace.catalog.plain import PlainProduct, plain_products_create
from marketplace.catalog.units import common_units
from marketplace.core.actor import Actor
from marketplace.core.models import PolicyStatus
from marketplace.parties.models import Organization, Partnership
from marketplace.parties.onboarding import OrganizationDraft, onboard_organization
from marketplace.parties.partnerships import PartnerDraft, create_partnerships
from ordercenter.pricing.drafts import AudienceDraft, PriceEntry, PriceListDraft
from ordercenter.pricing.lists import price_list_create, price_list_submit
from ordercenter.pricing.models import PriceList
from ordercenter.pricing.rows import price_rows_write

CURRENCY, COUNTRY, TIME_ZONE, LANGUAGE = "GBP", "GB", "Europe/London", "en"
UOM = "PCS"
PRICE_LIST = "INVOICES"

NEW_DEALERS = """
SELECT l.customer, mode() WITHIN GROUP (ORDER BY l.country)
FROM invoices_invoiceline l
LEFT JOIN parties_partnership p ON p.upstream_id = l.organization_id AND p.code = l.customer
WHERE l.organization_id = %(seller)s AND l.customer <> '' AND l.bucket <> 'rejected' AND p.id IS NULL
GROUP BY l.customer ORDER BY l.customer
"""

# What stands on a correction of stock is a remark, not a name.
NEW_ARTICLES = """
SELECT l.sku, mode() WITHIN GROUP (ORDER BY l.description) FILTER (WHERE l.description <> '' AND l.unit_price > 0)
FROM invoices_invoiceline l
LEFT JOIN catalog_variant v ON v.organization_id = l.organization_id AND v.sku = l.sku
WHERE l.organization_id = %(seller)s AND l.bucket IN ('sale', 'return', 'adjustment', 'walk_in') AND v.id IS NULL
GROUP BY l.sku ORDER BY l.sku
"""

# The price of a day is the one on most of its lines to dealers; a row is written where it is another than before.
PRICES = """
WITH daily AS (
    SELECT l.sku, date_trunc('day', l.invoiced_at, %(zone)s) AS day,
           mode() WITHIN GROUP (ORDER BY l.unit_price) AS price
    FROM invoices_invoiceline l
    WHERE l.organization_id = %(seller)s AND l.bucket = 'sale'
    GROUP BY 1, 2
)
SELECT day, sku, price FROM (
    SELECT *, lag(price) OVER (PARTITION BY sku ORDER BY day) AS before FROM daily
) changes
WHERE price IS DISTINCT FROM before
ORDER BY day, sku
"""


def seller_of(name: str) -> Organization:
    """The organization that sold, by its name; made where there is none (GBP, London time)."""
    found = Organization.objects.filter(name=name, sells=True).order_by("pk").first()
    if found:
        return found
    draft = OrganizationDraft(name, country=COUNTRY, currency=CURRENCY, time_zone=TIME_ZONE, language=LANGUAGE)
    return onboard_organization(Actor.system(), draft, "seller")


def make_dealers(actor: Actor, seller: Organization) -> int:
    """A partner for every customer number that has none yet, under that number; counts them."""
    drafts = [
        PartnerDraft(
            code=customer,
            name=f"Customer {customer}",
            country=country_code(country),
            currency=CURRENCY,
            time_zone=TIME_ZONE,
            language=LANGUAGE,
        )
        for customer, country in rows_of(NEW_DEALERS, {"seller": seller.pk})
    ]
    if drafts:
        create_partnerships(actor, drafts)
    return len(drafts)


def make_articles(actor: Actor, seller: Organization) -> int:
    """A product with one variant for every article code that has none yet, named as most lines name it; counts them."""
    found = rows_of(NEW_ARTICLES, {"seller": seller.pk})
    common_units()
    plain_products_create(actor, [PlainProduct(sku, name or sku) for sku, name in found], UOM)
    refresh_statistics((Product, Variant, Pack, Listing, Organization, Partnership))
    return len(found)


def make_prices(actor: Actor, seller: Organization) -> int:
    """The price list of what articles cost when, for everyone; counts the rows written.

    Once the list is in force its past is closed (pricing §6): a longer file later adds no old prices.
    """
    with transaction.atomic():
        found = PriceList.objects.filter(organization=seller, code=PRICE_LIST).first()
        if found and found.status != PolicyStatus.DRAFT:
            return 0
        with translation.override(LANGUAGE):
            draft = PriceListDraft(
                code=PRICE_LIST,
                name_en="Prices of the invoices",
                name_zh="发票历史价格",
                currency=CURRENCY,
                audience=AudienceDraft(everyone=True),
            )
            listed = found or price_list_create(actor, draft)
        written = sum(price_rows_write(actor, listed.pk, entries, day).count for day, entries in _entries(seller))
        price_list_submit(actor, listed.pk)
    return written


def _entries(seller: Organization) -> Iterable[tuple[datetime, list[PriceEntry]]]:
    variants = dict(Variant.objects.filter(organization=seller).values_list("sku", "pk"))
    rows: list[tuple[datetime, str, Decimal]] = rows_of(PRICES, {"seller": seller.pk, "zone": TIME_ZONE})
    for day, changes in groupby(rows, key=itemgetter(0)):
        yield day, [PriceEntry(UOM, price, variant_id=variants[sku]) for _day, sku, price in changes]
