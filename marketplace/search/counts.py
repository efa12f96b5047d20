"""How many products stand in a category and below it, as far as the reader sees them."""

from __future__ import annotations

from django.db import connection

from marketplace.graphql import BatchLoader
from marketplace.search.engine import SearchRequest, engine

OWN = """
SELECT above.id, count(*) FROM catalog_category above
JOIN catalog_category below ON below.ancestors @> ARRAY[above.id]
JOIN catalog_product product ON product.category_id = below.id AND product.organization_id = above.organization_id
WHERE above.organization_id = %(owner)s::bigint AND above.id = ANY (%(ids)s::bigint[])
GROUP BY above.id
"""


class ProductsOfCategory(BatchLoader):
    """By category: the reader's own products in its own tree, else those that are offered to it."""

    def batch(self, keys: list[int]) -> list[int]:
        counts: dict[int, int] = {}
        if self.actor.on_behalf_of is None:
            with connection.cursor() as cursor:
                cursor.execute(OWN, {"owner": self.actor.organization_id, "ids": keys})
                counts.update(cursor.fetchall())
        if not all(key in counts for key in keys):
            offered = engine().find(self.actor, SearchRequest()).category_counts()
            counts = {int(one.value): one.count for one in offered} | counts
        return [counts.get(key, 0) for key in keys]
