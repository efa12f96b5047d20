"""One execution of a plan: fields in columns, levels in breadth, loaders flushed when nothing else can be done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, Undefined
from graphql.pyutils import inspect

from marketplace.graphql.execution.abstract import runtime_type_of
from marketplace.graphql.execution.batch import Batch, items_of, null_error, spread
from marketplace.graphql.execution.deferred import Deferred
from marketplace.graphql.execution.failures import Failures, Slot
from marketplace.graphql.execution.info import Info
from marketplace.graphql.execution.plan import FieldPlan, ObjectPlan
from marketplace.graphql.execution.shapes import Choice, Leaf, Listing, Record, Shape
from marketplace.graphql.failure import BadInput

_FAILED = object()

PermissionCheck = Callable[[Any, str], None]


class Run:
    """Executes one operation. `check` raises when the context may not read what asks for a permission."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        plan: ObjectPlan,
        variables: dict[str, Any],
        context: Any = None,
        check: PermissionCheck | None = None,
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.plan = plan
        self.variables = variables
        self.context = context
        self.check = check
        self.failures = Failures()
        self._queue: deque[Batch] = deque()
        self._pending: list[tuple[FieldPlan, Batch, list[Any]]] = []

    def execute(
        self, root_value: Any = None, serially: bool = False
    ) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
        """Data and errors. `serially` resolves one root field wholly before the next, as mutations want it."""
        data = self.plan.template.copy()
        root = Batch(self.plan, [root_value], [data], [None])
        if serially:
            for field in self.plan.fields:
                if not self.failures.at_root:
                    self._column(field, root)
                    self._drain()
        else:
            self._queue.append(root)
            self._drain()
        return (None if self.failures.at_root else data), self.failures.in_order()

    def _drain(self) -> None:
        queue = self._queue
        while True:
            while queue:
                batch = queue.popleft()
                for field in batch.plan.fields:
                    self._column(field, batch)
            if not self._pending:
                return
            self._wake(self._flush())

    def _flush(self) -> bool:
        """Let every loader that was asked fetch; False when there was none."""
        loaders = getattr(self.context, "waiting", None)
        if not loaders:
            return False
        self.context.waiting = []
        for loader in loaders:
            loader.flush()
        return True

    def _wake(self, flushed: bool) -> None:
        """Complete the columns whose promises are all kept."""
        pending, self._pending = self._pending, []
        for column in pending:
            field, batch, values = column
            unkept = [v for v in values if v.__class__ is Deferred and not v.done]
            if unkept and flushed:
                self._pending.append(column)
                continue
            for promise in unkept:
                promise.reject(RuntimeError(f"{field.parent_type.name}.{field.name} waits for a promise nobody keeps"))
            for index, value in enumerate(values):
                if value.__class__ is Deferred:
                    values[index] = value.value
                    if value.error is not None:
                        self._fail(field, batch, values, index, value.error)
            self._finish(field, batch, values)

    def _column(self, field: FieldPlan, batch: Batch) -> None:
        """Resolve one field for all objects of a batch."""
        sources = batch.sources
        if field.permission is not None and self.check is not None:
            try:
                self.check(self.context, field.permission)
            except Exception as error:
                for index in range(len(sources)):
                    self._fail(field, batch, [None] * len(sources), index, error)
                return
        if field.attribute is not None:
            name, default = field.attribute, field.default
            try:
                values = [s.get(name, default) if isinstance(s, dict) else getattr(s, name, default) for s in sources]
            except Exception:
                values = self._call_each(field, batch)
        else:
            values = self._call_each(field, batch)
        for value in values:
            if value.__class__ is Deferred:
                self._pending.append((field, batch, values))
                return
        self._finish(field, batch, values)

    def _call_each(self, field: FieldPlan, batch: Batch) -> list[Any]:
        values: list[Any] = [None] * len(batch.sources)
        try:
            arguments = field.coerce_arguments(self.variables)
        except GraphQLError as error:
            refused = BadInput(error.message, error.nodes)
            for index in range(len(values)):
                self._fail(field, batch, values, index, refused)
            return values
        info, resolve = Info(self, field, len(values)), field.resolve
        for index, source in enumerate(batch.sources):
            try:
                values[index] = resolve(source, info, **arguments)
            except Exception as error:
                self._fail(field, batch, values, index, error)
        return values

    def _fail(self, field: FieldPlan, batch: Batch, values: list[Any], index: int, error: Exception) -> None:
        values[index] = _FAILED
        slot = (batch.outs[index], field.key, field.shape.nullable, batch.slots[index])
        self.failures.add(slot, error, field.nodes)

    def _finish(self, field: FieldPlan, batch: Batch, values: list[Any]) -> None:
        outs, slots = batch.outs, batch.slots
        if self.failures.any and any(value is _FAILED for value in values):
            kept = [index for index, value in enumerate(values) if value is not _FAILED]
            outs, slots = [outs[i] for i in kept], [slots[i] for i in kept]
            values = [values[i] for i in kept]
        self._complete(field, field.shape, outs, [field.key] * len(outs), slots, values)

    def _complete(
        self,
        field: FieldPlan,
        shape: Shape,
        containers: Sequence[Any],
        keys: Sequence[Any],
        ups: Sequence[Slot],
        values: Sequence[Any],
    ) -> None:
        """Put values where they belong: `containers[i][keys[i]]`, below `ups[i]`."""
        kind = shape.__class__
        if kind is Leaf:
            self._leafs(field, shape, containers, keys, ups, values)  # type: ignore[arg-type]
            return
        complete_one: Any = self._one_record(field, shape.plan) if kind is Record else None  # type: ignore[attr-defined]
        if kind is Choice:
            complete_one = self._one_choice(field, shape)  # type: ignore[arg-type]
        flat: tuple[list[Any], list[Any], list[Slot], list[Any]] = ([], [], [], [])
        nullable = shape.nullable
        for container, key, up, value in zip(containers, keys, ups, values, strict=True):
            slot = (container, key, nullable, up)
            if value is None or value is Undefined:
                if not nullable:
                    self.failures.add(slot, null_error(field), field.nodes)
                continue
            try:
                if isinstance(value, Exception):
                    raise value
                if complete_one is None:
                    spread(container, key, slot, items_of(field, value), flat)
                else:
                    container[key] = complete_one(value, slot)
            except Exception as error:
                self.failures.add(slot, error, field.nodes)
        if kind is Listing:
            self._complete(field, shape.item, *flat)  # type: ignore[attr-defined]

    def _leafs(
        self, field: FieldPlan, shape: Leaf, containers: Any, keys: Any, ups: Sequence[Slot], values: Sequence[Any]
    ) -> None:
        exact, convert = shape.exact, shape.convert
        try:
            if shape.nullable:
                done = [v if v is None or v.__class__ is exact else convert(v) for v in values]
            else:
                done = [v if v.__class__ is exact else convert(v) for v in values if v is not None]
                if len(done) != len(values):
                    raise TypeError
        except Exception:
            self._leafs_one_by_one(field, shape, containers, keys, ups, values)
            return
        for container, key, value in zip(containers, keys, done, strict=True):
            container[key] = value

    def _leafs_one_by_one(
        self, field: FieldPlan, shape: Leaf, containers: Any, keys: Any, ups: Sequence[Slot], values: Sequence[Any]
    ) -> None:
        for container, key, up, value in zip(containers, keys, ups, values, strict=True):
            try:
                if value is not None and value is not Undefined:
                    container[key] = shape.convert(value)
                elif not shape.nullable:
                    raise null_error(field)
            except Exception as error:
                self.failures.add((container, key, shape.nullable, up), error, field.nodes)

    def _one_record(self, field: FieldPlan, plan: ObjectPlan) -> Callable[[Any, Slot], dict[str, Any]]:
        """Opens a batch of the plan and returns the function that adds an object to it."""
        batch = Batch(plan, [], [], [])
        if plan.fields:
            self._queue.append(batch)
        sources, outs, slots, template = batch.sources.append, batch.outs.append, batch.slots.append, plan.template
        guarded = plan.is_type_of is not None or plan.permission is not None

        def add(value: Any, slot: Slot) -> dict[str, Any]:
            if guarded:
                self._guard(field, plan, value)
            out = template.copy()
            sources(value)
            outs(out)
            slots(slot)
            return out

        return add

    def _guard(self, field: FieldPlan, plan: ObjectPlan, value: Any) -> None:
        if plan.permission is not None and self.check is not None:
            self.check(self.context, plan.permission)
        if plan.is_type_of and not plan.is_type_of(value, Info(self, field, 1)):  # type: ignore[arg-type]
            text = f"Expected value of type '{plan.type.name}' but got: {inspect(value)}."
            raise GraphQLError(text, field.nodes)

    def _one_choice(self, field: FieldPlan, shape: Choice) -> Callable[[Any, Slot], dict[str, Any]]:
        adders: dict[str, Callable[[Any, Slot], dict[str, Any]]] = {}
        info = Info(self, field, 1)

        def add(value: Any, slot: Slot) -> dict[str, Any]:
            runtime_type = runtime_type_of(value, shape.type, info, field.nodes)
            adder = adders.get(runtime_type.name)
            if adder is None:
                adder = adders[runtime_type.name] = self._one_record(field, shape.plan_of(runtime_type))
            return adder(value, slot)

        return add
