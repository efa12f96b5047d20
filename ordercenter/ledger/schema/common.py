"""Small words of the ledger's schema."""

from __future__ import annotations

from typing import Any

import graphene

from marketplace.core import money
from marketplace.core.actor import Actor
from marketplace.graphql import Field, Money, to_global_id
from ordercenter.ledger.documents import source

PARTNERSHIP = "marketplace.parties.schema.PartnershipType"
ORGANIZATION = "marketplace.parties.schema.OrganizationType"
VIEW = "ledger.view"


def listed(type_: Any, description: str, **options: Any) -> Field:
    """A list that is never null, of things that are not."""
    return Field(graphene.NonNull(graphene.List(graphene.NonNull(type_))), description=description, **options)


def text(description: str) -> Field:
    """A text that is never null."""
    return Field(graphene.String, required=True, description=description)


def money_field(attribute: str, description: str) -> Field:
    """An attribute of the row in the row's currency."""

    def resolve(root: Any, _info: Any) -> money.Money:
        return money.Money(getattr(root, attribute), root.currency)

    return Field(Money, required=True, resolver=resolve, description=description)


def money_or_none(attribute: str, description: str) -> Field:
    """The same where there may be none."""

    def resolve(root: Any, _info: Any) -> money.Money | None:
        value = getattr(root, attribute)
        return None if value is None else money.Money(value, root.currency)

    return Field(Money, resolver=resolve, description=description)


class DocumentLinkType(graphene.ObjectType):
    """The document behind a posting or an open item."""

    class Meta:
        name = "LedgerDocument"

    kind = text("The kind of source, such as `invoice`.")
    kind_label = text("What people call it.")
    type_name = Field(graphene.String, description="Its type in this schema; null where it has no page.")
    id = Field(graphene.ID, description="Its global id, for `node`; null where it has no page.")
    number = Field(graphene.String, description="Its number.")


def document_of(kind: str, pk: int, number: str) -> dict[str, Any]:
    """A DocumentLink."""
    known = source(kind)
    return {
        "kind": kind,
        "kind_label": str(known.label),
        "type_name": known.type_name or None,
        "id": to_global_id(known.type_name, pk) if known.type_name else None,
        "number": number or None,
    }


def own_books(actor: Actor, organization_id: int) -> bool:
    """True for one who reads its own books, and not as a partner would."""
    return actor.on_behalf_of is None and actor.organization_id == organization_id
