"""Documents: parsed, validated and priced once, then kept; an operation of one is compiled once and kept with it."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from graphql.language import DirectiveNode, Visitor, visit

from marketplace.graphql.execution.plan import Compiler, ObjectPlan
from marketplace.graphql.failure import BadInput, BadRequest, ParseFailed, ValidationFailed
from marketplace.graphql.limits import Limits, check_document

KEPT = 1000
LETTERS_KEPT = 2_000_000
_PLANS_KEPT = 64


class Operation:
    """One operation of a document, with the plans made for it."""

    def __init__(
        self, schema: GraphQLSchema, node: OperationDefinitionNode, document: Document, limits: Limits
    ) -> None:
        self.schema = schema
        self.limits = limits
        self.node = node
        self.document = document
        self.name = node.name.value if node.name else None
        self.kind = node.operation
        self._switches = _switches(node, document.fragments)
        self._plans: dict[tuple[Any, ...], ObjectPlan] = {}

    @property
    def is_mutation(self) -> bool:
        return self.kind is OperationType.MUTATION

    @property
    def is_subscription(self) -> bool:
        return self.kind is OperationType.SUBSCRIPTION

    @property
    def is_replayable(self) -> bool:
        """False when a mutation in it answers with a secret, which must not be stored."""
        for field in self.plan({}).fields:
            mutation = field.definition.extensions.get("mutation")
            if mutation is not None and not mutation.replayable:
                return False
        return True

    def coerce(self, given: dict[str, Any] | None) -> dict[str, Any]:
        """The variables as resolvers get them; raises the first BadInput for what does not fit."""
        declared = self.node.variable_definitions
        if not declared:
            return {}
        values = get_variable_values(self.schema, declared, given or {}, max_errors=20)
        if isinstance(values, list):
            raise VariableErrors(values)
        return values

    def plan(self, variables: dict[str, Any]) -> ObjectPlan:
        """The compiled plan for the way these variables set the document's @skip and @include."""
        key = tuple(variables.get(name) for name in self._switches)
        found = self._plans.get(key)
        if found is None:
            if len(self._plans) >= _PLANS_KEPT:
                self._plans.clear()
            compiler = Compiler(self.schema, self.document.fragments, dict(zip(self._switches, key, strict=True)))
            found = self._plans[key] = compiler.operation(self.node)
        return found


class VariableErrors(Exception):
    """Everything that is wrong with the variables of a request."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = [BadInput(error.message, error.nodes) for error in errors]


class Document:
    """A valid document and its operations."""

    def __init__(self, schema: GraphQLSchema, text: str, node: DocumentNode, limits: Limits) -> None:
        self.text = text
        self.node = node
        self.fragments = {d.name.value: d for d in node.definitions if isinstance(d, FragmentDefinitionNode)}
        operations = [d for d in node.definitions if isinstance(d, OperationDefinitionNode)]
        self.operations = [Operation(schema, operation, self, limits) for operation in operations]

    def operation(self, name: str | None) -> Operation:
        """The named operation, or the only one; raises BadRequest when that is not clear."""
        if name:
            for operation in self.operations:
                if operation.name == name:
                    return operation
            raise BadRequest(f"Unknown operation named '{name[:64]}'.")
        if len(self.operations) != 1:
            raise BadRequest("Must provide operation name if query contains multiple operations.")
        return self.operations[0]


class InvalidDocument(Exception):
    """A document with everything that is wrong with it."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


class Documents:
    """The documents of one schema, least recently used out first. Refusals are kept too: they are as expensive."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, kept: int = KEPT) -> None:
        self.schema = schema
        self.limits = limits
        self.kept = kept
        self._known: OrderedDict[str, Document | InvalidDocument] = OrderedDict()
        self._letters = 0
        self._lock = Lock()

    def get(self, text: str) -> Document:
        """The document of a text; raises InvalidDocument."""
        found = self._known.get(text)
        if found is None:
            try:
                found = self._read(text)
            except InvalidDocument as refused:
                found = refused
            self._keep(text, found)
        else:
            with self._lock:
                if text in self._known:
                    self._known.move_to_end(text)
        if isinstance(found, InvalidDocument):
            raise InvalidDocument(found.errors)
        return found

    def _keep(self, text: str, found: Document | InvalidDocument) -> None:
        with self._lock:
            if text not in self._known:
                self._letters += len(text)
            self._known[text] = found
            while len(self._known) > self.kept or self._letters > LETTERS_KEPT:
                gone, _document = self._known.popitem(last=False)
                self._letters -= len(gone)

    def _read(self, text: str) -> Document:
        try:
            node = parse(text, max_tokens=self.limits.tokens)
        except GraphQLError as error:
            raise InvalidDocument([self.limits.parse_error(error)]) from None
        except RecursionError:
            raise InvalidDocument([ParseFailed("The document is nested too deeply.")]) from None
        refusals = check_document(node, self.limits)
        if refusals:
            raise InvalidDocument(refusals)
        errors = validate(self.schema, node, max_errors=20)
        if errors:
            raise InvalidDocument([ValidationFailed(error.message, error.nodes) for error in errors])
        return Document(self.schema, text, node, self.limits)


def _switches(node: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> tuple[str, ...]:
    """Variables that @skip and @include read, anywhere in the operation or the document's fragments."""
    found: dict[str, None] = {}

    class Find(Visitor):
        def enter_directive(self, directive: DirectiveNode, *_: Any) -> None:
            if directive.name.value in ("skip", "include"):
                for argument in directive.arguments:
                    if isinstance(argument.value, VariableNode):
                        found[argument.value.name.value] = None

    for part in (node, *fragments.values()):
        visit(part, Find())
    return tuple(found)
