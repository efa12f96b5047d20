"""The schema of the installation: `node` from here, everything else from the rooms."""

from __future__ import annotations

from functools import cache
from typing import Any

import graphene
from graphql import GraphQLSchema, lexicographic_sort_schema, print_schema

from marketplace.graphql.build import compose, room_schemas
from marketplace.graphql.fields import Field
from marketplace.graphql.nodes import Node, node_by_id


class NodeQueries:
    """Looks things up by their global id."""

    node = Field(
        Node,
        id=graphene.ID(required=True, description="A global id."),
        description="The object of a global id, if it is there and yours to see.",
    )

    def resolve_node(root: Any, info: Any, id: str) -> Any:
        return node_by_id(info, id)


@cache
def get_schema() -> GraphQLSchema:
    """The schema composed of all installed rooms; built once, at the first use."""
    from marketplace.graphql.api_key_schema import ApiKeyMutations, ApiKeyQueries
    from marketplace.graphql.token_schema import TokenMutations

    extra: dict[str, list[type]] = {
        "Queries": [NodeQueries, ApiKeyQueries],
        "Mutations": [TokenMutations, ApiKeyMutations],
    }
    return compose(room_schemas(), extra).graphql_schema


def print_schema_sdl() -> str:
    """The schema as text, sorted, in English, the same on every machine (kept as schema.graphql)."""
    return print_schema(lexicographic_sort_schema(get_schema())) + "\n"
