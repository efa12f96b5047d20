"""Mutations: parse, call one function, answer with the object or with typed errors; all of it or nothing."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar

import graphene
from django.db import IntegrityError, transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from graphene.types.objecttype import ObjectTypeOptions
from graphene.utils.str_converters import to_camel_case

from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors
from marketplace.graphql.enums import enum_of
from marketplace.graphql.failure import PermissionDenied, Unauthenticated
from marketplace.graphql.fields import Field, requires

log = logging.getLogger("marketplace.graphql")

UNIQUE_VIOLATION = "23505"

_made: dict[type[TextChoices], Any] = {}


def error_type_of(codes: type[TextChoices]) -> Any:
    """The error type of a room's codes: `OrderError` for `OrderErrorCode`, whose enum includes the core's codes."""
    if codes not in _made:
        noun = codes.__name__.removesuffix("ErrorCode").removesuffix("Code")
        enum = enum_of(with_core_codes(codes))
        _made[codes] = type(
            f"{noun}Error",
            (graphene.ObjectType,),
            {
                "__doc__": "What kept the mutation from happening.",
                "code": Field(enum, required=True, description="For programs."),
                "message": Field(graphene.String, required=True, description="For people, in the reader's language."),
                "field": Field(graphene.String, description="The input field that hurts, in dotted camel case."),
                "index": Field(graphene.Int, description="The position of the line that hurts, from 0."),
            },
        )
    return _made[codes]


def with_core_codes(codes: type[TextChoices]) -> type[TextChoices]:
    """A room's codes and, after them, those of the core that it does not name itself."""
    missing = [member for member in CoreErrorCode if member.name not in codes.__members__]
    if codes is CoreErrorCode or not missing:
        return codes
    members = [(member.name, (member.value, member.label)) for member in [*codes, *missing]]
    enum: Any = TextChoices
    merged = enum(codes.__name__, members)
    merged.__doc__ = codes.__doc__
    return merged


class ErrorRow:
    """A DomainError as the schema shows it."""

    __slots__ = ("code", "field", "index", "message")

    def __init__(self, error: DomainError) -> None:
        self.code = error.code.name
        self.message = str(error.message)
        self.field = None if error.field is None else ".".join(to_camel_case(p) for p in error.field.split("."))
        self.index = error.index


class MutationOptions(ObjectTypeOptions):
    arguments: dict[str, Any]
    permission: str | None = None


class BaseMutation(graphene.ObjectType):
    """Base of mutations. The class is the payload; `perform` makes it.

    `permission`  code the actor needs. Without one the actor has at least to be signed in, unless `public=True`.
    `codes`       the room's error codes; `errors` has their enum.
    `atomic`      False when `perform` calls a single function that opens its own transaction anyway.
    `in_partner_view`  True for the few that may be called while a partner's view is shown, where nothing else changes.
    `replayable`  False when an answer must not be kept for its Idempotency-Key: it holds a secret, or the mutation is
                  no part of a larger transaction.
    """

    class Meta:
        abstract = True

    if TYPE_CHECKING:

        def __init_subclass__(cls, **options: Any) -> None: ...

    takes_info: ClassVar[bool] = False

    @classmethod
    def __init_subclass_with_meta__(
        cls,
        permission: str | None = None,
        codes: type[TextChoices] = CoreErrorCode,
        atomic: bool = True,
        public: bool = False,
        replayable: bool = True,
        in_partner_view: bool = False,
        name: str | None = None,
        description: str | None = None,
    ) -> None:
        meta = MutationOptions(cls)
        body = getattr(cls, "Arguments", None)
        meta.arguments = {k: v for k, v in vars(body).items() if not k.startswith("_")} if body else {}
        meta.permission = permission
        error = error_type_of(codes)
        meta.fields = {
            "errors": Field(
                graphene.NonNull(graphene.List(graphene.NonNull(error))),
                cost=0,
                description="Empty when it happened; otherwise nothing has.",
            )
        }
        cls.atomic, cls.public, cls.replayable = atomic, public, replayable
        cls.in_partner_view = in_partner_view
        cls.code_names = frozenset(with_core_codes(codes).__members__)
        cls.takes_info = "info" in signature(cls.perform).parameters
        super().__init_subclass_with_meta__(_meta=meta, name=name, description=description)

    atomic: ClassVar[bool] = True
    public: ClassVar[bool] = False
    replayable: ClassVar[bool] = True
    in_partner_view: ClassVar[bool] = False
    code_names: ClassVar[frozenset[str]] = frozenset()

    def resolve_errors(root: Any, _info: Any) -> list[ErrorRow]:
        return root.errors or []

    @classmethod
    def Field(cls, **options: Any) -> Field:  # noqa: N802
        """Mounts the mutation: `order_place = OrderPlace.Field()`."""
        permission = cls._meta.permission
        field = Field(
            cls,
            args=cls._meta.arguments,
            resolver=cls.run,
            description=requires(cls._meta.description, permission),
            cost=options.pop("cost", 10),
            **options,
        )
        field.extensions |= {"mutation": cls}
        return field

    @classmethod
    def perform(cls, *args: Any, **arguments: Any) -> Any:
        """Given the actor and the arguments: call one function and return `cls(...)`. May declare `info`, too."""
        raise NotImplementedError

    @classmethod
    def run(cls, _root: Any, info: Any, **arguments: Any) -> Any:
        """Check, perform, and turn refusals into `errors`; what was written before a refusal is rolled back."""
        actor = info.context.actor
        if not cls.public and not actor.is_authenticated:
            raise Unauthenticated(_("Sign in first."))
        permission = cls._meta.permission
        if permission is not None and not actor.may(permission):
            raise PermissionDenied(
                _("You need the permission %(permission)s.") % {"permission": permission}, permission=permission
            )
        if cls.takes_info:
            arguments["info"] = info
        try:
            if actor.is_read_only and not cls.in_partner_view:
                raise DomainError(CoreErrorCode.READ_ONLY, _("Nothing can be changed in a partner's view."))
            with transaction.atomic() if cls.atomic else nullcontext():
                return cls.perform(actor, **arguments)
        except DomainErrors as found:
            problems = found.errors
        except DomainError as found:
            problems = [found]
        except IntegrityError as error:
            problems = [cls._collision(error)]
        info.context.refused = True
        return cls(errors=[cls._row(problem) for problem in problems])

    @classmethod
    def _collision(cls, error: IntegrityError) -> DomainError:
        """CONFLICT for a code or number that somebody else took between the check and the writing; else the error."""
        if getattr(error.__cause__, "sqlstate", None) != UNIQUE_VIOLATION:
            raise error
        log.warning("%s met a row that was written meanwhile", cls.__name__, exc_info=error)
        text = _("Somebody else has just written the same. Look at it and try again.")
        return DomainError(CoreErrorCode.CONFLICT, text)

    @classmethod
    def _row(cls, problem: DomainError) -> ErrorRow:
        """The problem as the payload tells it. A code that `codes` forgot is told as INVALID, with its own message."""
        row = ErrorRow(problem)
        if row.code not in cls.code_names:
            log.error("%s refuses with %s, which its codes do not list", cls.__name__, row.code)
            row.code = CoreErrorCode.INVALID.name
        return row
