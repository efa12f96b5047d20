"""Batch loaders: a hundred parents cost the one statement that a single parent costs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, ClassVar, Self

from django.db import models

from marketplace.core.actor import Actor
from marketplace.graphql.execution.deferred import Deferred


class BatchLoader:
    """Collects keys while a level of the document is resolved and fetches them together.

    A subclass writes `batch(keys)`, which returns one value a key, in the order of the keys. Get the one loader of a
    request by `MyLoader.of(info)`; parameters that change the answer follow: `PriceOf.of(info, currency)`.
    """

    largest_batch: ClassVar[int] = 2000

    def __init__(self, context: Any, *params: Hashable) -> None:
        self.context = context
        self.params = params
        self._known: dict[Hashable, Deferred] = {}
        self._queue: list[Hashable] = []

    @classmethod
    def of(cls, info: Any, *params: Hashable) -> Self:
        """The loader of this request (and these parameters). Takes the resolver's `info` or the context itself."""
        context = getattr(info, "context", info)
        loaders = context.loaders
        found = loaders.get((cls, params))
        if found is None:
            found = loaders[(cls, params)] = cls(context, *params)
        return found

    @property
    def actor(self) -> Actor:
        """Who asks; give it to `visible_to`."""
        return self.context.actor

    def load(self, key: Hashable) -> Deferred:
        """A promise of the value of a key; a key asked for twice in a request is fetched once."""
        promise = self._known.get(key)
        if promise is None:
            promise = self._known[key] = Deferred()
            if not self._queue:
                self.context.waiting.append(self)
            self._queue.append(key)
        return promise

    def load_many(self, keys: Iterable[Hashable]) -> Deferred:
        """A promise of the values of several keys, in their order."""
        return Deferred.all([self.load(key) for key in keys])

    def prime(self, key: Hashable, value: Any) -> None:
        """Tell a value that is known already, so that nobody fetches it."""
        if key not in self._known:
            self._known[key] = Deferred.of(value)

    def forget(self, key: Hashable) -> None:
        """Drop a value, as after a write to it."""
        self._known.pop(key, None)

    def flush(self) -> None:
        """Fetch what was asked for since the last flush. Called by the executor."""
        keys, self._queue = self._queue, []
        for start in range(0, len(keys), self.largest_batch):
            self._fetch(keys[start : start + self.largest_batch])

    def _fetch(self, keys: list[Hashable]) -> None:
        promises = [self._known[key] for key in keys]
        try:
            values = list(self.batch(keys))
            if len(values) != len(keys):
                raise RuntimeError(f"{type(self).__name__} answered {len(values)} values for {len(keys)} keys")
        except Exception as error:
            for promise in promises:
                promise.reject(error)
            return
        for promise, value in zip(promises, values, strict=True):
            if isinstance(value, Exception):
                promise.reject(value)
            else:
                promise.resolve(value)

    def batch(self, keys: list[Any]) -> Iterable[Any]:
        """One value a key, in the order of the keys. An exception among them is that key's failure."""
        raise NotImplementedError


class RowLoader(BatchLoader):
    """Rows of a model by primary key, as far as the actor may see them; None for the others.

    `RowLoader.of(info, Product).load(variant.product_id)`.
    """

    def rows(self, keys: list[Any]) -> models.QuerySet:
        """The visible rows of the keys; override to add `select_related`."""
        return self.params[0].objects.visible_to(self.actor).filter(pk__in=keys)  # type: ignore[attr-defined]

    def batch(self, keys: list[Any]) -> list[Any]:
        return one_each(self.rows(keys), keys)


def one_each(rows: Iterable[Any], keys: list[Any], by: str = "pk") -> list[Any]:
    """The row of each key, or None, in the order of the keys (for `batch`)."""
    found = {getattr(row, by): row for row in rows}
    return [found.get(key) for key in keys]
