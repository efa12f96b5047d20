"""Units, partner groups, partner grades and territories: nodes an organization sorts itself and its partners by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from marketplace.core import trees
from marketplace.core.actor import Actor
from marketplace.core.changes import created, deleted, difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import record, record_all
from marketplace.core.names import TreeRow
from marketplace.parties.changes import apply, choice_problems, duplicate, known_fields, owned, owned_or_none
from marketplace.parties.changes import text_problems as checked_texts
from marketplace.parties.events import owned_event
from marketplace.parties.models import PartnerGrade, PartnerGroup, Territory, Unit, UnitKind


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A model of nodes, the permission to write it, the event that tells of it, its fields beside code and names."""

    model: type[Any]
    permission: str
    event: str
    fields: tuple[str, ...] = ()

    @property
    def is_tree(self) -> bool:
        """True where a node may lie below another."""
        return issubclass(self.model, TreeRow)


UNITS = NodeKind(Unit, "organization.manage", "unit.changed", ("kind",))
GROUPS = NodeKind(PartnerGroup, "partners.manage", "partner_group.changed")
GRADES = NodeKind(PartnerGrade, "partners.manage", "partner_grade.changed", ("position",))
TERRITORIES = NodeKind(Territory, "partners.manage", "territory.changed")


def create_node(actor: Actor, kind: NodeKind, values: Mapping[str, Any], parent_id: int | None = None) -> Any:
    """Create a node with `code`, a name in either language and the kind's own fields, below a parent where it has one.

    Raises REQUIRED (code, name), INVALID, DUPLICATE (code) and NOT_FOUND (parent).
    """
    actor.require(kind.permission)
    known_fields(values, ("code", "name_zh", "name_en", *kind.fields))
    row = kind.model(organization_id=actor.own_id, **_clean(values))
    with transaction.atomic():
        _lock(actor, kind)
        raise_all(_problems(kind, row, {"code": row.code, **_clean(values)}))
        if kind.is_tree:
            trees.plant(row, owned_or_none(actor, kind.model, parent_id, "parent"))
        else:
            row.save()
        record(actor, owned_event(kind.event, row, verb="created", changes=created(row)))
    return row


def update_node(actor: Actor, kind: NodeKind, pk: int, values: Mapping[str, Any]) -> Any:
    """Change a node's code, names or own fields; what is not given stays. Raises as `create_node`."""
    actor.require(kind.permission)
    known_fields(values, ("code", "name_zh", "name_en", *kind.fields))
    with transaction.atomic():
        _lock(actor, kind)
        row = owned(actor, kind.model, pk, "id", lock=True)
        before = facts(row)
        changed = apply(row, _clean(values))
        raise_all(_problems(kind, row, _clean(values)))
        if changed:
            row.save(update_fields=changed)
            record(actor, owned_event(kind.event, row, verb="updated", changes=difference(before, facts(row))))
    return row


def move_node(actor: Actor, kind: NodeKind, pk: int, parent_id: int | None) -> Any:
    """Put a node with all below it under another parent, or make it a root (None).

    Policies aimed at a group hold for all below it, so a move changes at once what partners see and pay. Raises
    TREE_CYCLE, NOT_FOUND (id, parent), INVALID (too deep).
    """
    actor.require(kind.permission)
    with transaction.atomic():
        _lock(actor, kind)
        row = owned(actor, kind.model, pk, "id", lock=True)
        parent = owned_or_none(actor, kind.model, parent_id, "parent")
        if row.parent_id != parent_id:
            before = facts(row)
            trees.move(row, parent)
            record(actor, owned_event(kind.event, row, verb="moved", changes=difference(before, facts(row))))
    return row


def retire_unit(actor: Actor, pk: int) -> Unit:
    """Take a unit out of use: it can be chosen no more, and what names it keeps it. Harmless for one that is.

    Raises NOT_FOUND, and IN_USE while a unit below it is in use or a member who may sign in belongs to it.
    """
    actor.require(UNITS.permission)
    with transaction.atomic():
        _lock(actor, UNITS)
        row = owned(actor, Unit, pk, "id", lock=True)
        if Unit.objects.filter(parent=row, is_active=True).exists():
            text = _("Units below %(name)s are in use.") % {"name": row.name}
            raise DomainError(CoreErrorCode.IN_USE, text, "id")
        if row.memberships.filter(is_active=True).exists():
            text = _("Members belong to %(name)s. Move them first.") % {"name": row.name}
            raise DomainError(CoreErrorCode.IN_USE, text, "id")
        return _set_in_use(actor, row, False)


def restore_unit(actor: Actor, pk: int) -> Unit:
    """Put a unit back into use. Raises NOT_FOUND, and INVALID below one that is out of use."""
    actor.require(UNITS.permission)
    with transaction.atomic():
        _lock(actor, UNITS)
        row = owned(actor, Unit, pk, "id", lock=True)
        above = Unit.objects.filter(children=row, is_active=False).first()
        if above is not None:
            text = _("%(name)s is out of use. Put it back first.") % {"name": above.name}
            raise DomainError(CoreErrorCode.INVALID, text, "id")
        return _set_in_use(actor, row, True)


def _set_in_use(actor: Actor, row: Unit, in_use: bool) -> Unit:
    if row.is_active != in_use:
        row.is_active = in_use
        row.save(update_fields=["is_active"])
        changes = {"is_active": [not in_use, in_use]}
        verb = "restored" if in_use else "retired"
        record(actor, owned_event("unit.changed", row, verb=verb, changes=changes))
    return row


def delete_node(actor: Actor, kind: NodeKind, pk: int) -> None:
    """Delete a node nothing refers to: no child, no partner, no policy. Raises IN_USE, NOT_FOUND."""
    actor.require(kind.permission)
    try:
        with transaction.atomic():
            _lock(actor, kind)
            row = owned(actor, kind.model, pk, "id", lock=True)
            event = owned_event(kind.event, row, verb="deleted", changes=deleted(row))
            row.delete()
            record(actor, event)
    except ProtectedError as error:
        text = _("%(name)s is still in use.") % {"name": row.name}
        raise DomainError(CoreErrorCode.IN_USE, text, "id") from error


def arrange_grades(actor: Actor, ids: Sequence[int]) -> list[PartnerGrade]:
    """Put the partner grades into this order; grades not named follow in the order they had. Raises NOT_FOUND (ids)."""
    actor.require(GRADES.permission)
    with transaction.atomic():
        _lock(actor, GRADES)
        mine = PartnerGrade.objects.filter(organization=actor.own_id).order_by("position", "code")
        rows = {row.pk: row for row in mine.select_for_update(no_key=True)}
        raise_all([not_found("ids", index) for index, pk in enumerate(ids) if pk not in rows])
        arranged = [rows[pk] for pk in dict.fromkeys([*ids, *rows])]
        before = [facts(row) for row in arranged]
        moved = [index for index, row in enumerate(arranged) if apply(row, {"position": index + 1})]
        PartnerGrade.objects.bulk_update([arranged[index] for index in moved], ["position"])
        told = ((arranged[index], difference(before[index], facts(arranged[index]))) for index in moved)
        record_all(actor, [owned_event(GRADES.event, row, verb="moved", changes=changes) for row, changes in told])
    return arranged


def _lock(actor: Actor, kind: NodeKind) -> None:
    trees.lock_tree(kind.model, actor.own_id)


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _problems(kind: NodeKind, row: Any, values: Mapping[str, Any]) -> Iterator[DomainError]:
    yield from checked_texts(kind.model, values, required=("code",))
    yield from choice_problems(values, {"kind": UnitKind} if "kind" in kind.fields else {})
    if not (row.name_zh or row.name_en):
        yield DomainError(CoreErrorCode.REQUIRED, _("Enter a name in Chinese or English."), "name_zh")
    if "position" in values and not 0 <= values["position"] <= 32767:
        yield DomainError(CoreErrorCode.INVALID, _("Give a whole number from 0 to 32,767."), "position")
    taken: models.QuerySet[Any] = kind.model.objects.filter(organization=row.organization_id, code=row.code)
    if "code" in values and taken.exclude(pk=row.pk).exists():
        yield duplicate("code", row.code)
