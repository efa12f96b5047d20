"""Mutations of units, partner groups, partner grades and territories: the same four for each, made from its kind."""

from __future__ import annotations

from typing import Any, cast

import graphene

from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, Field, enum_of, from_global_id, ids_of
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.models import UnitKind
from marketplace.parties.nodes import (
    GRADES,
    GROUPS,
    TERRITORIES,
    UNITS,
    NodeKind,
    arrange_grades,
    create_node,
    delete_node,
    move_node,
    restore_unit,
    retire_unit,
    update_node,
)
from marketplace.parties.schema.inputs import key, same
from marketplace.parties.schema.types import PartnerGradeType, PartnerGroupType, TerritoryType, UnitType

OWN_FIELDS = {
    "kind": lambda: graphene.InputField(enum_of(UnitKind), description="What it is."),
    "position": lambda: graphene.Int(description="Its place in lists."),
}
THE_ID = "Which one."


def mutations_of(kind: NodeKind, type_: Any, noun: str) -> dict[str, Any]:
    """`<noun>Create`, `<noun>Update`, `<noun>Delete` and, for trees, `<noun>Move`; by their snake_case names."""
    attribute = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in noun).lstrip("_")
    values = ("code", "name_zh", "name_en", *kind.fields)
    named = f"The {attribute.replace('_', ' ')}."
    result = {attribute: Field(type_, description=named)}
    sent = graphene.Argument(_input(kind, noun), required=True, description="What it is to be.")
    which = graphene.ID(required=True, description=THE_ID)

    def create(cls: Any, actor: Actor, input: Any, parent: str | None = None) -> Any:
        above = key({"parent": parent}, "parent", noun)
        return cls(**{attribute: create_node(actor, kind, same(input, *values), above)})

    def update(cls: Any, actor: Actor, id: str, input: Any) -> Any:
        return cls(**{attribute: update_node(actor, kind, from_global_id(id, noun), same(input, *values))})

    def move(cls: Any, actor: Actor, id: str, parent: str | None = None) -> Any:
        above = key({"parent": parent}, "parent", noun)
        return cls(**{attribute: move_node(actor, kind, from_global_id(id, noun), above)})

    def delete(cls: Any, actor: Actor, id: str) -> Any:
        delete_node(actor, kind, from_global_id(id, noun))
        return cls()

    below = {"parent": graphene.ID(description="Below which one; a root without.")} if kind.is_tree else {}
    plural = attribute.replace("_", " ")
    made = {
        f"{attribute}_create": _mutation(
            f"{noun}Create", f"Create a {plural}.", kind, create, {"input": sent, **below}, result
        ),
        f"{attribute}_update": _mutation(
            f"{noun}Update",
            f"Change a {plural}; what is left out stays.",
            kind,
            update,
            {"id": which, "input": sent},
            result,
        ),
        f"{attribute}_delete": _mutation(
            f"{noun}Delete", f"Delete a {plural} that nothing refers to.", kind, delete, {"id": which}, {}
        ),
    }
    if kind.is_tree:
        text = f"Put a {plural} with all below it under another one."
        made[f"{attribute}_move"] = _mutation(f"{noun}Move", text, kind, move, {"id": which, **below}, result)
    return {name: mutation.Field() for name, mutation in made.items()}


def _input(kind: NodeKind, noun: str) -> Any:
    fields = {
        "__doc__": "Its code and names; one of the two names is needed.",
        "code": graphene.String(description="Unique in the organization; needed for a new one."),
        "name_zh": graphene.String(description="Name in Chinese."),
        "name_en": graphene.String(description="Name in English."),
        **{name: OWN_FIELDS[name]() for name in kind.fields},
    }
    return type(f"{noun}Input", (graphene.InputObjectType,), fields)


def _mutation(
    name: str, doc: str, kind: NodeKind, perform: Any, arguments: dict[str, Any], result: dict[str, Any]
) -> Any:
    body = {"__doc__": doc, "Arguments": type("Arguments", (), arguments), "perform": classmethod(perform), **result}
    options = {"codes": PartiesErrorCode, "permission": kind.permission, "atomic": False}
    return cast("Any", type(BaseMutation))(name, (BaseMutation,), body, **options)


class UnitRetire(BaseMutation, codes=PartiesErrorCode, permission=UNITS.permission, atomic=False):
    """Take a unit out of use. What names it keeps it; its members are moved before."""

    class Arguments:
        id = graphene.ID(required=True, description=THE_ID)

    unit = Field(UnitType, description="The unit.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Any:
        return cls(unit=retire_unit(actor, from_global_id(id, "Unit")))


class UnitRestore(BaseMutation, codes=PartiesErrorCode, permission=UNITS.permission, atomic=False):
    """Put a unit back into use."""

    class Arguments:
        id = graphene.ID(required=True, description=THE_ID)

    unit = Field(UnitType, description="The unit.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Any:
        return cls(unit=restore_unit(actor, from_global_id(id, "Unit")))


class PartnerGradesArrange(BaseMutation, codes=PartiesErrorCode, permission=GRADES.permission, atomic=False):
    """Put your partner grades into an order; those not named follow in the order they had."""

    class Arguments:
        ids = graphene.List(graphene.NonNull(graphene.ID), required=True, description="The grades, the first first.")

    partner_grades = Field(graphene.List(graphene.NonNull(PartnerGradeType)), description="All grades in their order.")

    @classmethod
    def perform(cls, actor: Actor, ids: list[str]) -> Any:
        return cls(partner_grades=arrange_grades(actor, ids_of(ids, "PartnerGrade", "ids")))


class NodeMutations:
    """Mounted by the package."""

    partner_grades_arrange = PartnerGradesArrange.Field()

    unit_retire = UnitRetire.Field()
    unit_restore = UnitRestore.Field()
    vars().update(mutations_of(UNITS, UnitType, "Unit"))
    vars().update(mutations_of(GROUPS, PartnerGroupType, "PartnerGroup"))
    vars().update(mutations_of(GRADES, PartnerGradeType, "PartnerGrade"))
    vars().update(mutations_of(TERRITORIES, TerritoryType, "Territory"))
