"""From a document's text to its answer: the one way in for HTTP, pages, subscriptions and tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.graphql.answers import Result, refusal, tell
from marketplace.graphql.context import Context
from marketplace.graphql.cost import cost_of
from marketplace.graphql.documents import Documents, InvalidDocument, Operation, VariableErrors
from marketplace.graphql.execution.plan import ObjectPlan
from marketplace.graphql.execution.run import Run
from marketplace.graphql.failure import Failure, LimitExceeded, PermissionDenied, Unauthenticated
from marketplace.graphql.limits import Limits
from marketplace.graphql.schema import get_schema


@cache
def documents() -> Documents:
    """The documents of the installation's schema."""
    return Documents(get_schema(), Limits.from_settings())


def check_permission(context: Context, permission: str) -> None:
    """Raise unless the context's actor holds a permission."""
    actor = context.actor
    if actor.may(permission):
        return
    if not actor.is_authenticated:
        raise Unauthenticated(_("Sign in first."), permission=permission)
    raise PermissionDenied(
        _("You need the permission %(permission)s.") % {"permission": permission}, permission=permission
    )


def execute(
    text: str,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
    *,
    context: Context | None = None,
    actor: Actor | None = None,
) -> Result:
    """Execute a query or mutation as an actor (anonymous unless given); never raises for what a client can cause."""
    context = context or Context(actor or Actor.anonymous())
    try:
        return perform(documents().get(text).operation(operation_name), variables, context)
    except (InvalidDocument, VariableErrors, Failure) as error:
        return refusal(error)


def perform(operation: Operation, variables: dict[str, Any] | None, context: Context, root_value: Any = None) -> Result:
    """Execute one operation; raises VariableErrors or Failure when it cannot begin."""
    values = operation.coerce(variables)
    plan = operation.plan(values)
    extensions = {"cost": price(plan, values, operation.limits.cost)}
    run = Run(operation.schema, operation.node, plan, values, context, check_permission)
    data, errors = run.execute(root_value, serially=operation.is_mutation)
    if not errors:
        return Result(data, extensions=extensions)
    return Result(data, [told for error in errors for told in tell(error)], extensions)


def price(plan: ObjectPlan, variables: dict[str, Any], maximum: int) -> dict[str, int]:
    """What the operation costs and may cost; raises LimitExceeded when it is too dear."""
    requested = cost_of(plan, variables)
    if requested > maximum:
        text = f"The operation costs {requested}; at most {maximum} is allowed. Ask for shorter lists."
        raise LimitExceeded(text, limit="cost", cost={"requested": requested, "maximum": maximum})
    return {"requested": requested, "maximum": maximum}
