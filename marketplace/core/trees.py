"""Growing, moving and checking trees whose nodes carry the ids of their ancestors (`core.names.TreeRow`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from marketplace.core.advisory import advisory_lock
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.verify import Difference

MAX_DEPTH = 12

MOVE = """
UPDATE {table}
   SET ancestors = %(above)s::bigint[] || ancestors[%(depth)s + 1 :],
       depth = depth - %(depth)s + cardinality(%(above)s::bigint[]),
       parent_id = CASE WHEN id = %(id)s THEN %(parent)s::bigint ELSE parent_id END
 WHERE ancestors @> ARRAY[%(id)s]::bigint[]
"""

WRONG = """
WITH RECURSIVE walk AS (
    SELECT id, ARRAY[id] AS path FROM {table} WHERE parent_id IS NULL
    UNION ALL
    SELECT child.id, walk.path || child.id FROM {table} AS child JOIN walk ON child.parent_id = walk.id
     WHERE cardinality(walk.path) < 100
)
SELECT node.id, walk.path, node.ancestors FROM {table} AS node LEFT JOIN walk ON walk.id = node.id
 WHERE walk.path IS DISTINCT FROM node.ancestors OR node.depth <> cardinality(node.ancestors) - 1
"""


def lock_tree(model: type[Any], organization_id: int) -> None:
    """Let one transaction at a time change the shape of an organization's tree (lock level 0).

    Without it two moves, each right for what it read, put two nodes below one another; and a child put in while its
    parent moves keeps the old ancestors.
    """
    advisory_lock("tree", model._meta.db_table, organization_id)


def plant(row: Any, parent: Any | None) -> None:
    """Save a new node below a parent (None: a root) and write its ancestors; the tree should be locked."""
    above = list(parent.ancestors) if parent else []
    row.parent = parent
    row.depth = len(above)
    check_depth(row.depth)
    row.save()
    row.ancestors = [*above, row.pk]
    row.save(update_fields=["ancestors"])


def move(row: Any, parent: Any | None) -> None:
    """Put a node with all below it under another parent (None: make it a root), in one statement for the whole branch.

    Both rows have to be read under `lock_tree`. Raises TREE_CYCLE and INVALID (too deep).
    """
    above = list(parent.ancestors) if parent else []
    if row.pk in above:
        raise DomainError(CoreErrorCode.TREE_CYCLE, _("A node cannot be moved below itself."), "parent")
    model = type(row)
    deepest = model._default_manager.filter(ancestors__contains=[row.pk]).order_by("-depth").first().depth
    check_depth(len(above) + deepest - row.depth)
    table = connection.ops.quote_name(model._meta.db_table)
    values = {"above": above, "depth": row.depth, "id": row.pk, "parent": parent.pk if parent else None}
    with connection.cursor() as cursor:
        cursor.execute(MOVE.format(table=table), values)
    row.refresh_from_db()


def check_depth(depth: int) -> None:
    """Raise INVALID for a tree of more levels than anybody can find their way in."""
    if depth >= MAX_DEPTH:
        text = _("A tree has at most %(levels)s levels.") % {"levels": MAX_DEPTH}
        raise DomainError(CoreErrorCode.INVALID, text, "parent")


def wrong_ancestors(model: type[Any]) -> Iterator[Difference]:
    """Nodes whose ancestors or depth are not what their parents say (for `verify`)."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(WRONG.format(table=table))
        for key, path, ancestors in cursor.fetchall():
            yield Difference(f"{model._meta.label} {key}", path, ancestors)
