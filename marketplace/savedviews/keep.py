"""Keeping views: written by their owner, read by whom they are shared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.savedviews.models import SavedView

#: Views of one page that one person may keep in one organization.
MOST = 30
LONGEST_NAME, LONGEST_QUERY = 64, 2000


@dataclass(frozen=True, slots=True)
class ViewDraft:
    """A view to make, or to change where `view_id` names it; what is None stays."""

    view_id: int | None = None
    page: str | None = None
    name: str | None = None
    query: str | None = None
    shared: bool | None = None


def write_view(actor: Actor, draft: ViewDraft) -> SavedView:
    """Make or change one of the actor's views.

    Raises all problems at once: REQUIRED, INVALID and DUPLICATE for the name, REQUIRED for the page, INVALID for a
    query too long or one view too many; NOT_FOUND for a view that is another's.
    """
    _may_write(actor)
    row = _own(actor, draft.view_id) if draft.view_id else SavedView(organization=actor.organization, user=actor.user)
    if draft.page is not None and row.pk is None:
        row.page = draft.page.strip()
    if draft.name is not None:
        row.name = draft.name.strip()
    if draft.query is not None:
        row.query = draft.query.strip().lstrip("?")
    if draft.shared is not None:
        row.shared = draft.shared
    raise_all(_problems(actor, row))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "saved_view_name_once" not in str(error):
            raise
        text = _("You have a view %(name)s already.") % {"name": row.name}
        raise DomainError(CoreErrorCode.DUPLICATE, text, "name") from error
    return row


def delete_view(actor: Actor, view_id: int) -> None:
    """Delete one of the actor's views; raises NOT_FOUND."""
    _may_write(actor)
    _own(actor, view_id).delete()


def _may_write(actor: Actor) -> None:
    if actor.user is None or actor.organization is None or actor.is_read_only:
        raise DomainError(CoreErrorCode.PERMISSION_DENIED, _("Only a member keeps views."))


def _own(actor: Actor, view_id: int) -> SavedView:
    row = SavedView.objects.visible_to(actor).filter(user=actor.user_id, pk=view_id).first()
    if row is None:
        raise not_found("id")
    return row


def _problems(actor: Actor, row: SavedView) -> Iterator[DomainError]:
    if not row.name:
        yield DomainError(CoreErrorCode.REQUIRED, _("Give the view a name."), "name")
    elif len(row.name) > LONGEST_NAME:
        yield DomainError(CoreErrorCode.INVALID, _("At most %(limit)s characters.") % {"limit": LONGEST_NAME}, "name")
    if not row.page or len(row.page) > LONGEST_NAME:
        yield DomainError(CoreErrorCode.REQUIRED, _("Say of which page it is a view."), "page")
    if len(row.query) > LONGEST_QUERY:
        text = _("This view holds too much: choose fewer values.")
        yield DomainError(CoreErrorCode.INVALID, text, "query")
    if row.pk is None:
        mine = SavedView.objects.visible_to(actor).filter(user=actor.user_id, page=row.page)
        if mine.count() >= MOST:
            text = _("At most %(limit)s views; delete one first.") % {"limit": MOST}
            yield DomainError(CoreErrorCode.INVALID, text, "name")
