"""A value that a batch loader will know soon, without threads and without an event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self


class Deferred:
    """A value that is promised. The executor flushes loaders until every promise in a document is kept."""

    __slots__ = ("_waiting", "done", "error", "value")

    def __init__(self) -> None:
        self.done = False
        self.value: Any = None
        self.error: Exception | None = None
        self._waiting: list[Callable[[Deferred], None]] | None = None

    @classmethod
    def of(cls, value: Any) -> Self:
        """A promise that is kept already."""
        kept = cls()
        kept.done, kept.value = True, value
        return kept

    @classmethod
    def all(cls, promises: Iterable[Any]) -> Deferred:
        """A list of the values of promises and plain values, in their order; fails with the first failure."""
        items = list(promises)
        result = cls()
        missing = [item for item in items if isinstance(item, Deferred) and not item.done]
        left = len(missing)

        def finish() -> None:
            failed = next((i.error for i in items if isinstance(i, Deferred) and i.error is not None), None)
            if failed is not None:
                result.reject(failed)
            else:
                result.resolve([item.value if isinstance(item, Deferred) else item for item in items])

        def one_more(_promise: Deferred) -> None:
            nonlocal left
            left -= 1
            if not left:
                finish()

        if not missing:
            finish()
        for item in missing:
            item.when_done(one_more)
        return result

    def then(self, function: Callable[[Any], Any]) -> Deferred:
        """A promise of `function(value)`; the function may return a promise itself. A failure passes by."""
        if self.done:
            return self if self.error is not None else _applied(function, self.value)
        result = Deferred()

        def go_on(kept: Deferred) -> None:
            if kept.error is not None:
                result.reject(kept.error)
                return
            try:
                value = function(kept.value)
            except Exception as error:
                result.reject(error)
                return
            if value.__class__ is Deferred:
                value.when_done(result.follow)
            else:
                result.resolve(value)

        self.when_done(go_on)
        return result

    def when_done(self, callback: Callable[[Deferred], None]) -> None:
        """Call back with this promise once it is kept or broken; at once when it is."""
        if self.done:
            callback(self)
        elif self._waiting is None:
            self._waiting = [callback]
        else:
            self._waiting.append(callback)

    def follow(self, other: Deferred) -> None:
        """End as the other promise ended."""
        if other.error is not None:
            self.reject(other.error)
        else:
            self.resolve(other.value)

    def resolve(self, value: Any) -> None:
        """Keep the promise."""
        self.value = value
        self._end()

    def reject(self, error: Exception) -> None:
        """Break the promise; whoever waits fails with the error."""
        self.error = error
        self._end()

    def _end(self) -> None:
        self.done = True
        waiting, self._waiting = self._waiting, None
        for callback in waiting or ():
            callback(self)


def _applied(function: Callable[[Any], Any], value: Any) -> Deferred:
    """What `then` promises where the value is there already, without anybody who waits."""
    try:
        result = function(value)
    except Exception as error:
        broken = Deferred()
        broken.reject(error)
        return broken
    return result if result.__class__ is Deferred else Deferred.of(result)
