"""How the upstream sorts many of its partners at once (concepts/parties)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.actor import Actor
from marketplace.core.changes import difference, facts
from marketplace.core.errors import CoreErrorCode, DomainError, not_found, raise_all
from marketplace.core.events import DomainEvent, record_all
from marketplace.parties.changes import apply, known_fields
from marketplace.parties.events import partnership_event
from marketplace.parties.models import Partnership
from marketplace.parties.terms import REFERENCES, Known, term_problems

MOST_AT_ONCE = 5_000


def sort_partnerships(actor: Actor, ids: Sequence[int], changes: Mapping[str, Any]) -> list[Partnership]:
    """Give downstream partners a group, grade, territory or sales rep: as many statements for a thousand as for one.

    `changes` may hold any of `terms.REFERENCES`; None takes it away. What is not given stays. Raises NOT_FOUND (ids
    with their index, group, grade, territory, sales rep), INVALID (too many), REQUIRED (nothing to change).
    """
    actor.require("partners.manage")
    known_fields(changes, REFERENCES)
    if not changes:
        raise DomainError(CoreErrorCode.REQUIRED, _("Choose what to change."), "group")
    if len(ids) > MOST_AT_ONCE:
        text = _("At most %(count)s partners at once.") % {"count": MOST_AT_ONCE}
        raise DomainError(CoreErrorCode.INVALID, text, "ids")
    raise_all(term_problems(changes, Known.of(actor, [changes])))
    with transaction.atomic():
        mine = Partnership.objects.filter(upstream=actor.organization_id, pk__in=ids)
        rows = {row.pk: row for row in mine.order_by("pk").select_for_update(no_key=True)}
        raise_all([not_found("ids", index) for index, pk in enumerate(ids) if pk not in rows])
        before = {pk: facts(row) for pk, row in rows.items()}
        changed = [row for row in rows.values() if apply(row, changes)]
        Partnership.objects.filter(pk__in=[row.pk for row in changed]).update(**changes)
        record_all(actor, [_changed(row, before[row.pk]) for row in changed])
    return [rows[pk] for pk in dict.fromkeys(ids)]


def _changed(row: Partnership, before: dict[str, Any]) -> DomainEvent:
    return partnership_event("partnership.changed", row, changes=difference(before, facts(row)))
