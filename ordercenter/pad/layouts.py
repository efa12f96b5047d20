"""Keeping layouts: written by their owner, read by whom they are shared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from ordercenter.pad.models import PadColumn, PadLayout

#: Width of a column in pixels.
NARROWEST, WIDEST = 48, 800
#: Layouts one person may keep in one organization.
MOST = 30
NEEDED = (PadColumn.CODE, PadColumn.QUANTITY)


@dataclass(frozen=True, slots=True)
class LayoutDraft:
    """A layout to make, or to change where `layout_id` names it; what is None stays. `columns`: (column, width)."""

    layout_id: int | None = None
    name: str | None = None
    columns: Sequence[tuple[PadColumn, int]] | None = None
    shared: bool | None = None


def write_layout(actor: Actor, draft: LayoutDraft) -> PadLayout:
    """Make or change one of the actor's layouts; the one written last is the one the pad opens with.

    Raises all problems at once: REQUIRED and DUPLICATE for the name, REQUIRED and INVALID for columns, INVALID for one
    layout too many; NOT_FOUND for a layout that is another's.
    """
    _may_write(actor)
    row = (
        _own(actor, draft.layout_id) if draft.layout_id else PadLayout(organization=actor.organization, user=actor.user)
    )
    if draft.name is not None:
        row.name = draft.name.strip()
    if draft.columns is not None:
        row.columns = [{"column": column.value, "width": width} for column, width in draft.columns]
    if draft.shared is not None:
        row.shared = draft.shared
    raise_all(_problems(actor, row))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "pad_layout_name_once" not in str(error):
            raise
        text = _("You have a layout %(name)s already.") % {"name": row.name}
        raise DomainError(CoreErrorCode.DUPLICATE, text, "name") from error
    return row


def use_layout(actor: Actor, layout_id: int) -> PadLayout:
    """Take a layout. A colleague's is copied first, under its name: what its owner changes later stays the owner's."""
    _may_write(actor)
    row = PadLayout.objects.visible_to(actor).filter(pk=layout_id).first()
    if row is None:
        raise not_found("id")
    if row.user_id != actor.user_id:
        mine = PadLayout.objects.visible_to(actor).filter(user=actor.user_id, name=row.name).first()
        copy = mine or PadLayout(organization=actor.organization, user=actor.user, name=row.name)
        copy.columns = row.columns
        raise_all(_problems(actor, copy))
        row = copy
    row.save()
    return row


def delete_layout(actor: Actor, layout_id: int) -> None:
    """Delete one of the actor's layouts; raises NOT_FOUND."""
    _may_write(actor)
    _own(actor, layout_id).delete()


def _may_write(actor: Actor) -> None:
    if actor.user is None or actor.organization is None or actor.is_read_only:
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, _("Only a member keeps layouts."))


def _own(actor: Actor, layout_id: int) -> PadLayout:
    row = PadLayout.objects.visible_to(actor).filter(user=actor.user_id, pk=layout_id).first()
    if row is None:
        raise not_found("id")
    return row


def _problems(actor: Actor, row: PadLayout) -> Iterator[DomainError]:
    if not row.name:
        yield DomainError(CoreErrorCode.REQUIRED, _("Give the layout a name."), "name")
    elif len(row.name) > 64:
        yield DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": 64}, "name")
    columns = [one["column"] for one in row.columns]
    if not set(NEEDED) <= set(columns):
        yield DomainError(CoreErrorCode.REQUIRED, _("The pad needs the code and the quantity."), "columns")
    for index, one in enumerate(row.columns):
        if one["column"] in columns[:index]:
            yield DomainError(CoreErrorCode.INVALID, _("This column is there already."), "columns", index)
        if not NARROWEST <= one["width"] <= WIDEST:
            text = _("A column is %(least)s to %(most)s pixels wide.") % {"least": NARROWEST, "most": WIDEST}
            yield DomainError(CoreErrorCode.INVALID, text, "columns", index)
    if row.pk is None and PadLayout.objects.visible_to(actor).filter(user=actor.user_id).count() >= MOST:
        text = _("At most %(limit)s layouts; delete one first.") % {"limit": MOST}
        yield DomainError(CoreErrorCode.INVALID, text, "name")
