"""What files, talks and stories show of documents of any kind, and of who wrote to them."""

from __future__ import annotations

from typing import Any

from marketplace.core.errors import not_found
from marketplace.graphql import Deferred, Field, Node
from marketplace.graphql.ids import split_global_id
from marketplace.parties.documents import kind_of_node, node_of
from marketplace.parties.schema.types import OrganizationType, UserType


def document_key(gid: str, field: str = "document") -> tuple[str, int]:
    """The kind and the key in the id of a document; raises NOT_FOUND for any other id."""
    try:
        node, pk = split_global_id(gid)
    except ValueError:
        raise not_found(field) from None
    kind = kind_of_node(node)
    if kind is None or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        raise not_found(field)
    return kind.code, int(pk)


def document_node(description: str, kind: str = "document_kind", key: str = "document_id") -> Field:
    """A field for the document of a row, by two of its attributes; null where the reader may not see it. Batched."""

    def resolve(root: Any, info: Any) -> Any:
        return load_document(info, getattr(root, kind), getattr(root, key))

    return Field(Node, resolver=resolve, description=description)


def load_document(info: Any, code: str, pk: int | None) -> Deferred:
    """A promise of a document as its own type shows it; None for a kind that is none."""
    node = node_of(code)
    found = info.schema.get_type(node) if node else None
    return Deferred.of(None) if found is None else found.graphene_type.load(info, pk)


def actor_name(info: Any, user_id: int | None, organization_id: int | None) -> Deferred:
    """A promise of who did something: a colleague by name, the other side by its organization."""

    def by_organization(found: Any) -> str:
        return found.name if found else ""

    def by_person(found: Any) -> Any:
        return found.name if found else organization.then(by_organization)

    organization = OrganizationType.load(info, organization_id)
    return UserType.load(info, user_id).then(by_person)
