"""What a user can do wrong, said once for programs (code), people (message) and forms (field, index)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class CoreErrorCode(models.TextChoices):
    """Codes every room may use; rooms add their own in a `<Room>ErrorCode`."""

    REQUIRED = "REQUIRED", _("Required")
    INVALID = "INVALID", _("Invalid value")
    NOT_FOUND = "NOT_FOUND", _("Not found")
    PERMISSION_DENIED = "PERMISSION_DENIED", _("Not permitted")
    CONFLICT = "CONFLICT", _("Changed meanwhile")
    DUPLICATE = "DUPLICATE", _("Exists already")
    INVALID_TRANSITION = "INVALID_TRANSITION", _("Not possible in this state")
    IN_USE = "IN_USE", _("Still in use")
    TREE_CYCLE = "TREE_CYCLE", _("A node cannot be moved below itself")
    READ_ONLY = "READ_ONLY", _("Nothing can be changed in a partner's view")


@dataclass(eq=False)
class DomainError(Exception):
    """One refusal: a member of a code enum, a sentence, and where it hurts.

    `field` is the snake_case name of the input's field, dotted for nested ones; `index` the position of the line.
    """

    code: models.TextChoices
    message: str | Promise
    field: str | None = None
    index: int | None = None

    def __str__(self) -> str:
        return f"{self.code.name}: {self.message}"


class DomainErrors(Exception):
    """All refusals of one call, so that a user mends them in one go."""

    def __init__(self, errors: Iterable[DomainError]) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(str(error) for error in self.errors))


def raise_all(problems: Iterable[DomainError]) -> None:
    """Raise every problem at once; return when there is none."""
    errors = list(problems)
    if errors:
        raise DomainErrors(errors)


def not_found(field: str, index: int | None = None) -> DomainError:
    """The answer for what is not there and for what is not the asker's: existence is a secret too."""
    return DomainError(CoreErrorCode.NOT_FOUND, _("Not found."), field, index)
