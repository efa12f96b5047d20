"""Puts the schema together from what the rooms declare."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import graphene
from django.apps import apps
from django.utils import translation
from graphene.types.schema import TypeMap
from graphql import GraphQLSchema

from marketplace.graphql.nodes import ModelType, node_types

ROOTS = ("Queries", "Mutations", "Subscriptions")


class KernelTypeMap(TypeMap):
    """Graphene's type map, which also carries permissions, costs and exact classes over to graphql-core's types."""

    def create_fields_for_type(self, graphene_type: Any, is_input_type: bool = False) -> dict[str, Any]:
        fields = super().create_fields_for_type(graphene_type, is_input_type)
        for name, declared in graphene_type._meta.fields.items():
            extensions = getattr(declared, "extensions", None)
            if extensions is not None:
                fields[declared.name or self.get_name(name)].extensions = extensions
        return fields

    def create_objecttype(self, graphene_type: Any) -> Any:
        made = super().create_objecttype(graphene_type)
        if issubclass(graphene_type, ModelType):
            made.extensions = {"permission": graphene_type._meta.permission, "model": graphene_type._meta.model}
        return made

    @staticmethod
    def create_scalar(graphene_type: Any) -> Any:
        made = TypeMap.create_scalar(graphene_type)
        exact = getattr(graphene_type, "exact_class", None)
        if exact is not None:
            made.exact_class = exact
        return made


class Schema(graphene.Schema):
    """A graphene schema over `KernelTypeMap`. Built in English, whatever language is active."""

    def __init__(self, query: Any, mutation: Any = None, subscription: Any = None, types: Any = ()) -> None:
        self.query, self.mutation, self.subscription = query, mutation, subscription
        with translation.override("en"):
            made = KernelTypeMap(query, mutation, subscription, list(types))
            self.graphql_schema = GraphQLSchema(made.query, made.mutation, made.subscription, made.types)
        # Which type stands for a model, for interfaces and global ids.
        self.graphql_schema.extensions = {"models": {type_._meta.model: type_ for type_ in types}}


def room_schemas() -> list[Any]:
    """The `schema` modules of the installed apps, found as Django finds `admin.py`."""
    found = []
    for config in apps.get_app_configs():
        name = f"{config.name}.schema"
        if not config.name.startswith("marketplace.graphql") and find_spec(name) is not None:
            found.append(import_module(name))
    return found


def compose(modules: list[Any], extra: dict[str, list[type]], nodes: list[Any] | None = None) -> Schema:
    """One schema of all `Queries`, `Mutations` and `Subscriptions` classes, and of all types with a global id."""
    roots: dict[str, Any] = {}
    for name, singular in zip(ROOTS, ("Query", "Mutation", "Subscription"), strict=True):
        bases = [*extra.get(name, ()), *[vars(module)[name] for module in modules if name in vars(module)]]
        _refuse_twins(name, bases)
        doc = {"Query": "What can be read.", "Mutation": "What can be done.", "Subscription": "What can be heard."}
        if bases:
            mixed = tuple(dict.fromkeys(bases))
            roots[name] = type(singular, (*mixed, graphene.ObjectType), {"__doc__": doc[singular]})
    return Schema(
        roots["Queries"],
        roots.get("Mutations"),
        roots.get("Subscriptions"),
        types=node_types() if nodes is None else nodes,
    )


def _refuse_twins(root: str, bases: list[type]) -> None:
    """Two rooms must not declare the same operation: the second would silently win."""
    owners: dict[str, type] = {}
    for base in bases:
        for name, value in vars(base).items():
            if isinstance(value, graphene.types.mountedtype.MountedType | graphene.types.unmountedtype.UnmountedType):
                if name in owners and owners[name] is not base:
                    raise RuntimeError(f"{root}.{name} is declared by {owners[name].__module__} and {base.__module__}")
                owners[name] = base
