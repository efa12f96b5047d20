"""Rules of this room and of the ground floor: bulletins, partners, members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import OutboxEvent
from marketplace.core.names import localized
from marketplace.notifications.reach import AIMED, HEARING
from marketplace.notifications.rules import Hearing, NotificationRule, Text, register
from marketplace.parties.models import Invitation, Membership, Partnership

HEARERS = f"""
SELECT bulletin.id, partner.downstream_id, bulletin.title_zh, bulletin.title_en, seller.name
  FROM notifications_bulletin AS bulletin
  JOIN parties_organization AS seller ON seller.id = bulletin.organization_id
  JOIN parties_partnership AS partner ON partner.upstream_id = bulletin.organization_id
  LEFT JOIN parties_partnergroup AS own_group ON own_group.id = partner.group_id
 WHERE bulletin.id = ANY(%s) AND bulletin.status = 'published' AND partner.status = ANY(%s::text[]) AND {AIMED}
 ORDER BY bulletin.id, partner.downstream_id
"""


def of_bulletins(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """The readers among the partners a bulletin is for; one statement."""
    fresh = {event.aggregate_id: event for event in events}
    with connection.cursor() as cursor:
        cursor.execute(HEARERS, [list(fresh), list(HEARING)])
        for pk, organization, chinese, english, seller in cursor.fetchall():
            data = {"title_zh": chinese, "title_en": english, "seller": seller}
            yield Hearing(
                fresh[pk], organization, "bulletins.view", document_kind="Bulletin", document_id=pk, data=data
            )


def bulletin_text(data: Mapping[str, Any]) -> Text:
    """Its title, and from whom it comes."""
    return Text(localized(data["title_zh"], data["title_en"]), _("News from %(name)s") % {"name": data["seller"]})


def of_partnerships(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """The other side's owners, who buy under it; one statement."""
    rows = Partnership.objects.select_related("upstream").in_bulk({event.aggregate_id for event in events})
    for event in events:
        found = rows.get(event.aggregate_id)
        if found is not None:
            data = {"kind": event.kind, "partner": found.upstream.name}
            kind, pk = "Partnership", found.pk
            yield Hearing(event, found.downstream_id, "organization.manage", (), kind, pk, data)


def partnership_text(data: Mapping[str, Any]) -> Text:
    """Whether one may trade with the seller."""
    name = {"name": data["partner"]}
    if data["kind"] == "partnership.suspended":
        return Text(_("%(name)s takes no new orders from you for now") % name)
    if data["kind"] == "partnership.terminated":
        return Text(_("%(name)s has ended the partnership with you") % name)
    return Text(_("You may order from %(name)s again") % name)


def of_members(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """Who manages members hears of a newcomer; one statement."""
    rows = Membership.objects.select_related("user").in_bulk({event.aggregate_id for event in events})
    for event in events:
        seat = rows.get(event.aggregate_id)
        if seat is not None:
            data = {"name": seat.user.name}
            yield Hearing(event, seat.organization_id, "members.manage", (), "Membership", seat.pk, data)


def member_text(data: Mapping[str, Any]) -> Text:
    """Who joined."""
    return Text(_("%(name)s has joined your organization") % {"name": data["name"]})


def of_answers(events: Sequence[OutboxEvent]) -> Iterator[Hearing]:
    """Who sent an invitation hears how it was answered; one statement."""
    rows = Invitation.objects.select_related("accepted_by").in_bulk({event.aggregate_id for event in events})
    for event in events:
        found = rows.get(event.aggregate_id)
        if found is not None and found.invited_by_id is not None:
            who = found.accepted_by.name if found.accepted_by else found.name or found.email
            data = {"kind": event.kind, "name": who}
            users = (found.invited_by_id,)
            yield Hearing(event, found.organization_id, "", users, "Invitation", found.pk, data)


def answer_text(data: Mapping[str, Any]) -> Text:
    """Yes or no."""
    if data["kind"] == "invitation.accepted":
        return Text(_("%(name)s has accepted your invitation") % {"name": data["name"]})
    return Text(_("%(name)s has declined your invitation") % {"name": data["name"]})


register(
    NotificationRule(
        "bulletin.published",
        gettext_lazy("A seller publishes a bulletin"),
        gettext_lazy("Bulletins"),
        ("bulletin.announced",),
        ("bulletins.view",),
        of_bulletins,
        bulletin_text,
    ),
    NotificationRule(
        "partnership.moved",
        gettext_lazy("A seller suspends, resumes or ends a partnership"),
        gettext_lazy("Partners and people"),
        ("partnership.suspended", "partnership.resumed", "partnership.terminated"),
        ("organization.manage",),
        of_partnerships,
        partnership_text,
    ),
    NotificationRule(
        "invitation.answered",
        gettext_lazy("Somebody answers your invitation"),
        gettext_lazy("Partners and people"),
        ("invitation.accepted", "invitation.declined"),
        ("members.manage", "partners.manage"),
        of_answers,
        answer_text,
    ),
    NotificationRule(
        "member.joined",
        gettext_lazy("Somebody joins your organization"),
        gettext_lazy("Partners and people"),
        ("member.created",),
        ("members.manage",),
        of_members,
        member_text,
    ),
)
