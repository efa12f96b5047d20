"""Making the whole index anew, chunk by chunk, while others go on working."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from marketplace.catalog.models import Product
from marketplace.search.documents import CHUNK
from marketplace.search.engine import engine
from marketplace.search.models import SearchWord


def reindex(organization: str | None = None) -> Iterator[tuple[int, int]]:
    """Index every product, of all organizations or of the one with this code; yields (done, total) after each chunk.

    Words that stand in no document any more are forgotten on the way.
    """
    products = Product.objects.order_by("pk")
    words = SearchWord.objects.all()
    if organization:
        products = products.filter(organization__code=organization)
        words = words.filter(organization__code=organization)
    total = products.count()
    words.delete()
    done, last = 0, 0
    while ids := list(products.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        engine().index(ids)
        done, last = done + len(ids), ids[-1]
        yield done, total
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_searchdocument, search_searchcode, search_searchword")
