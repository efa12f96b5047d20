"""Small checks that every writer of the catalogue shares; each yields its problems so that all are told at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, models
from django.utils.text import slugify
from django.utils.translation import gettext as _

from marketplace.catalog.errors import CatalogErrorCode as Code
from marketplace.catalog.models import Variant
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, not_found, raise_all
from marketplace.parties.models import Organization, PartnerGrade, PartnerGroup, Partnership

Row = TypeVar("Row", bound=models.Model)


LAST_POSITION = 1_000_000
LOCK = "SELECT id FROM catalog_product WHERE id = ANY (%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE"


def lock_products(ids: Iterable[int]) -> None:
    """Lock products, in the order of their ids; one statement.

    Every writer of goods locks products first, then variants, packs and listings: two writers of one product wait for
    each other, and the second makes the index of what the first has written.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"ids": sorted(set(ids))})


def own_variant(actor: Actor, pk: int, field: str = "id") -> Variant:
    """A variant of the actor's organization, locked after its product; raises NOT_FOUND for any other."""
    found = Variant.objects.filter(organization=actor.organization_id, pk=pk).values_list("product_id", flat=True)
    lock_products(found)
    return own_row(actor, Variant, pk, field)


def own_row(actor: Actor, model: type[Row], pk: int, field: str = "id", index: int | None = None) -> Row:
    """A row of the actor's organization, locked until the transaction ends; raises NOT_FOUND for any other."""
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    row = rows.filter(organization=actor.organization_id, pk=pk).order_by("pk").first()
    if row is None:
        raise not_found(field, index)
    return row


def own_ids(actor: Actor, model: type[models.Model], ids: Iterable[int | None], field: str) -> Iterator[DomainError]:
    """NOT_FOUND with its index for each id that is no row of the actor's organization; None passes. One statement."""
    wanted = list(ids)
    asked = {pk for pk in wanted if pk is not None}
    if not asked:
        return
    own = model._default_manager.filter(organization=actor.organization_id, pk__in=asked)
    known = set(own.values_list("pk", flat=True))
    for index, pk in enumerate(wanted):
        if pk is not None and pk not in known:
            yield not_found(field, index if len(wanted) > 1 else None)


def too_long(row: Mapping[str, Any], model: type[models.Model], index: int | None = None) -> Iterator[DomainError]:
    """INVALID for each text that does not fit its column."""
    for name, value in row.items():
        if isinstance(value, str):
            longest = longest_of(model, name)
            if longest is not None and len(value) > longest:
                text = _("At most %(longest)s characters.") % {"longest": longest}
                yield DomainError(Code.INVALID, text, name, index)


def longest_of(model: type[models.Model], name: str) -> int | None:
    """Characters a column holds; None for any number."""
    return getattr(model._meta.get_field(name), "max_length", None)


def home(actor: Actor) -> Organization:
    """The organization for which the actor writes."""
    assert actor.organization is not None, "an actor that writes has an organization"
    return actor.organization


def unnamed(name_zh: str, name_en: str, index: int | None = None) -> Iterator[DomainError]:
    """REQUIRED for a row without a name in either language."""
    if not name_zh.strip() and not name_en.strip():
        yield DomainError(Code.REQUIRED, _("A name is needed."), "name", index)


def window_problems(start: datetime, end: datetime, field: str = "to") -> Iterator[DomainError]:
    """WINDOW_EMPTY for a window that ends before it begins."""
    if start >= end:
        yield DomainError(Code.WINDOW_EMPTY, _("The end has to come after the beginning."), field)


def misplaced(position: int) -> Iterator[DomainError]:
    """INVALID for a place among others that is none; the first one is 0."""
    if not 0 <= position <= LAST_POSITION:
        text = _("A place is a number from 0 to %(last)s.") % {"last": LAST_POSITION}
        yield DomainError(Code.INVALID, text, "position")


def taken(field: str, value: str, index: int | None = None) -> DomainError:
    """UNIQUE: the code belongs to another row."""
    return DomainError(Code.UNIQUE, _("%(value)s exists already.") % {"value": value}, field, index)


def free_code(model: type[models.Model], organization_id: int | None, wanted: str, field: str = "code") -> str:
    """A code from a name that no row of the organization has yet: `cups`, `cups-2`, `cups-3`. One statement."""
    longest = (longest_of(model, field) or 64) - 8
    stem = slugify(wanted, allow_unicode=field == "slug" or model.__name__ != "Attribute")[:longest].strip("-") or "n"
    rows = model._default_manager.filter(organization=organization_id, **{f"{field}__startswith": stem})
    used = set(rows.values_list(field, flat=True))
    return next_free(stem, used)


def next_free(stem: str, used: set[str]) -> str:
    """The stem, or the stem with the first number from 2 that is not used."""
    if stem not in used:
        return stem
    number = 2
    while f"{stem}-{number}" in used:
        number += 1
    return f"{stem}-{number}"


@dataclass(frozen=True, slots=True)
class AudienceDraft:
    """For whom a rule is to be: at most one of the three ids; none for everyone."""

    partnership_id: int | None = None
    group_id: int | None = None
    grade_id: int | None = None

    def columns(self) -> dict[str, int | None]:
        """As the model has it."""
        return {"partnership_id": self.partnership_id, "group_id": self.group_id, "grade_id": self.grade_id}

    @property
    def given(self) -> int:
        return sum(pk is not None for pk in (self.partnership_id, self.group_id, self.grade_id))


def audience_problems(actor: Actor, audiences: Sequence[AudienceDraft]) -> Iterator[DomainError]:
    """AUDIENCE_INVALID for more than one level, NOT_FOUND for what is not the actor's. At most three statements."""
    many = len(audiences) > 1
    for index, audience in enumerate(audiences):
        if audience.given > 1:
            text = _("Name one partner, one group or one grade, not several.")
            yield DomainError(Code.AUDIENCE_INVALID, text, "audience", index if many else None)
    yield from own_ids(actor, PartnerGroup, [audience.group_id for audience in audiences], "group")
    yield from own_ids(actor, PartnerGrade, [audience.grade_id for audience in audiences], "grade")
    wanted = {audience.partnership_id for audience in audiences if audience.partnership_id is not None}
    if wanted:
        rows = Partnership.objects.filter(upstream=actor.organization_id, pk__in=wanted)
        known = set(rows.values_list("pk", flat=True))
        for index, audience in enumerate(audiences):
            if audience.partnership_id is not None and audience.partnership_id not in known:
                yield not_found("partnership", index if many else None)


def check(*problems: Iterable[DomainError]) -> None:
    """Raise all problems of several checks at once."""
    raise_all(problem for group in problems for problem in group)
