"""Types made from models: a global id, the Node interface, and the one way to look an object up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import graphene
from django.db import models
from graphene.types.objecttype import ObjectTypeOptions

from marketplace.core.actor import Actor
from marketplace.graphql.execution.deferred import Deferred
from marketplace.graphql.fields import Field
from marketplace.graphql.ids import from_global_id, split_global_id, to_global_id
from marketplace.graphql.loaders import RowLoader

_declared: dict[str, type[ModelType]] = {}


def node_types() -> list[type[ModelType]]:
    """All types that have a global id, in order of their names; every one is part of the schema."""
    return [_declared[name] for name in sorted(_declared)]


@contextmanager
def fresh_types() -> Iterator[None]:
    """Types declared inside belong to another schema than the installation's (for tests)."""
    kept = dict(_declared)
    _declared.clear()
    try:
        yield
    finally:
        _declared.clear()
        _declared.update(kept)


class Node(graphene.Interface):
    """Anything that has a global id and can be fetched by it."""

    id = graphene.ID(required=True, description="The global id.")

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> Any:
        return type_of_instance(instance, info)


def type_of_instance(instance: Any, info: Any) -> Any:
    """The ModelType of a model instance; for `resolve_type` of a room's interfaces and unions too."""
    models_of_schema = info.schema.extensions["models"]
    for base in type(instance).__mro__:
        if base in models_of_schema:
            return models_of_schema[base]
    return None


class ModelTypeOptions(ObjectTypeOptions):
    model: type[models.Model]
    permission: str | None = None


class ModelType(graphene.ObjectType):
    """Base of the types made from models.

    class OrderType(ModelType, model=Order, name="Order", permission="orders.view"):
        \"\"\"An agreement to sell and buy.\"\"\"
        number = Field(graphene.String, required=True, description="The seller's number.")
    """

    if TYPE_CHECKING:

        def __init_subclass__(cls, **options: Any) -> None: ...

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(
        cls,
        model: type[models.Model] | None = None,
        permission: str | None = None,
        interfaces: tuple[Any, ...] = (),
        name: str | None = None,
        description: str | None = None,
        canonical: bool = True,
    ) -> None:
        """`canonical=False` for a second type over a model (its objects have no global id of their own)."""
        assert model is not None, f"{cls.__name__} needs model="
        meta = ModelTypeOptions(cls)
        meta.model = model
        meta.permission = permission
        type_name = name or cls.__name__.removesuffix("Type")
        if canonical:
            interfaces = (Node, *[interface for interface in interfaces if interface is not Node])
        super().__init_subclass_with_meta__(_meta=meta, name=type_name, description=description, interfaces=interfaces)
        if canonical:
            assert type_name not in _declared, f"{type_name} is declared twice"
            _declared[type_name] = cls

    def resolve_id(root: Any, info: Any) -> str:
        return to_global_id(info.parent_type.name, root.pk)

    @classmethod
    def visible(cls, actor: Actor) -> models.QuerySet[Any]:
        """The rows the actor may see. Override to add `select_related`."""
        return cls._meta.model.objects.visible_to(actor)

    @classmethod
    def get_node(cls, actor: Actor, pk: Any) -> Any:
        """The object if the actor may see it, else None."""
        if cls._meta.permission is not None and not actor.may(cls._meta.permission):
            return None
        return cls.visible(actor).filter(pk=pk).first()

    @classmethod
    def by_id(cls, info: Any, gid: str) -> Any:
        """For `resolve_order(root, info, id)`: the object, or None for what is not there or not the actor's."""
        from marketplace.core.errors import DomainError

        try:
            pk = from_global_id(gid, cls)
        except DomainError:
            return None
        return cls.get_node(info.context.actor, pk)

    @classmethod
    def load(cls, info: Any, pk: Any) -> Deferred:
        """A promise of the row of a foreign key, batched; None when the actor may not see it."""
        return Deferred.of(None) if pk is None else NodeLoader.of(info, cls).load(pk)  # type: ignore[arg-type]


class NodeLoader(RowLoader):
    """Rows of a ModelType by primary key."""

    def rows(self, keys: list[Any]) -> models.QuerySet[Any]:
        return self.params[0].visible(self.actor).filter(pk__in=keys)  # type: ignore[attr-defined]


class Related(Field):
    """The object behind a foreign key, loaded in batches: `product = Related(ProductType, "product")`.

    An instance that the parent's query fetched already (`select_related`) is taken as it is; the others pass
    `visible_to`. `fresh=True` always loads, for a type whose fields need what its `visible` annotates. The type may be
    a dotted path, as rooms refer to each other.
    """

    def __init__(self, type_: Any, attribute: str, fresh: bool = False, **options: Any) -> None:
        key = f"{attribute}_id"

        def resolve(root: Any, info: Any) -> Any:
            cached = root if fresh else root._state.fields_cache.get(attribute, root)
            if cached is not root:
                return cached
            node_type: Any = self.type
            return getattr(node_type, "of_type", node_type).load(info, getattr(root, key))

        super().__init__(type_, resolver=resolve, **options)


def node_by_id(info: Any, gid: str) -> Any:
    """The object of any global id, or None for what is not there or not the actor's."""
    try:
        type_name, pk = split_global_id(gid)
    except ValueError:
        return None
    found: Any = getattr(info.schema.get_type(type_name), "graphene_type", None)
    if found not in info.schema.extensions["models"].values() or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    return found.get_node(info.context.actor, int(pk))
