"""A database of its own for the benchmarks, filled once for each size and kept for the next run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.dataset import Dataset


class Size(StrEnum):
    """How much is seeded: the figures of the targets, or just enough to run."""

    SMOKE = "smoke"
    FULL = "full"
    PRICES = "prices"


#: Dealers, variants, price rows; PRICES: the figures for which prices alone have targets.
VOLUME = {
    Size.SMOKE: (20, 1_000, 8_000),
    Size.FULL: (2_000, 100_000, 1_000_000),
    Size.PRICES: (10_000, 100_000, 5_000_000),
}


@contextmanager
def prepared(size: Size) -> Iterator[Dataset]:
    """The data of a size, in the database `entrepot_bench_<size>` of the configured server or of embedded services."""
    with database(size.value, lambda: _fill(size)):
        yield _dataset()


@contextmanager
def database(name: str, fill: Callable[[], None]) -> Iterator[None]:
    """Django on the database `entrepot_bench_<name>`, filled where it is new or was made by an older recipe."""
    from marketplace.env import read_environment
    from marketplace.runtime.embedded import services
    from marketplace.runtime.place import place_of

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    environment = read_environment()
    with services(environment):
        place = place_of(environment.home)
        os.environ["REDIS_URL"] = environment["REDIS_URL"] or place.redis_url
        is_new = _use_database(environment["DATABASE_URL"] or place.database_url, f"entrepot_bench_{name}")
        import django

        django.setup()
        if is_new:
            fill()
            _mark_filled()
        yield


def _use_database(server: str, name: str) -> bool:
    """Point DATABASE_URL at the benchmark's database, made where it is not there; true when it has to be filled."""
    parts = urlsplit(server)
    os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as admin:
        found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found and _is_filled(os.environ["DATABASE_URL"]):
            return False
        if found:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
    return True


def _is_filled(address: str) -> bool:
    """True when a former run came to its end, with the tables and the seeds as they are now."""
    with psycopg.connect(address) as database:
        found = database.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return found is not None and found[0] == _recipe()


def _recipe() -> str:
    """A digest of everything the data follows from: migrations and seeds."""
    root = Path(__file__).parents[1]
    digest = sha256()
    for path in sorted([*root.glob("*/*/migrations/*.py"), *root.glob("bench/seeds/*.py"), Path(__file__)]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _fill(size: Size) -> None:
    from django.core.management import call_command

    from bench.seeds.catalog import seed_catalog
    from bench.seeds.parties import seed_parties
    from bench.seeds.prices import seed_prices
    from bench.seeds.stock import seed_stock
    from ordercenter.orders.models import OrderSettings

    dealers, variants, rows = VOLUME[size]
    call_command("migrate", verbosity=0)
    parties = seed_parties(dealers)
    seed_catalog(parties.seller.pk, variants)
    seed_prices(parties.seller.pk, rows)
    seed_stock(parties.seller)
    OrderSettings.objects.create(organization=parties.seller, auto_confirm=True)


def _mark_filled() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            f"COMMENT ON DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} IS '{_recipe()}'"
        )


def _dataset() -> Dataset:
    """Samples of the goods, spread evenly, and a token of the dealer's buyer."""
    from marketplace.catalog.models import Category, Product, Variant
    from marketplace.graphql import to_global_id
    from marketplace.graphql.tokens import make_access_token
    from marketplace.parties.models import Address, Organization, User

    def sample(rows: Any, name: str, most: int) -> list[str]:
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        return [to_global_id(name, key) for key in keys[:: max(1, len(keys) // most)][:most]]

    seller = Organization.objects.get(code="bench-seller")
    dealer = Organization.objects.get(code="bench-dealer-1")
    buyer = User.objects.get(email="buyer@bench.example")
    names = Product.objects.filter(organization=seller).order_by("pk").values_list("name_zh", "name_en")
    return Dataset(
        seller=to_global_id("Organization", seller.pk),
        address=to_global_id("Address", Address.objects.get(organization=dealer).pk),
        token=make_access_token(buyer.pk, dealer.pk, 0),
        variants=sample(Variant.objects.filter(organization=seller, quantity_rules=None), "Variant", 5_000),
        products=sample(Product.objects.filter(organization=seller), "Product", 5_000),
        categories=sample(Category.objects.filter(organization=seller), "Category", 200),
        skus=list(Variant.objects.filter(organization=seller).order_by("pk").values_list("sku", flat=True)[:5_000]),
        searches=[word for pair in names[:: max(1, len(names) // 100)] for word in pair if word][:200],
    )
