"""Invitations: a link that works once, for the one it was sent to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.core.errors import CoreErrorCode, DomainError
from marketplace.core.outbox import dispatch_all
from marketplace.graphql import execute, to_global_id
from marketplace.parties import answering, invitations
from marketplace.parties.actors import load_actor
from marketplace.parties.answering import Newcomer, accept, decline, find_invitation
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.invitations import (
    InvitationDraft,
    invite_member,
    invite_partner,
    resend,
    status_of,
    token_of,
    withdraw,
)
from marketplace.parties.members import move_member
from marketplace.parties.models import (
    Invitation,
    InvitationStatus,
    Membership,
    Organization,
    OrganizationStatus,
    Partnership,
    Role,
    User,
)
from marketplace.parties.nodes import UNITS, create_node, restore_unit, retire_unit
from marketplace.parties.partnerships import PartnerDraft, create_partnership
from tests.factories import make_actor, make_address, make_member, make_organization, make_partnership
from tests.refusals import raises
from tests.threads import at_once

pytestmark = pytest.mark.django_db

PERSON = Newcomer("Wang Fang", "correct horse battery", "en")
EMAIL = "wang@example.com"


def role_of(organization: Organization, preset: str) -> Role:
    return Role.objects.get(organization=organization, preset=preset)


@pytest.fixture
def invited(owner, seller) -> Invitation:
    return invite_member(owner, InvitationDraft(EMAIL, "Wang Fang", roles=[role_of(seller, "seller_sales").pk]))


def past(invitation: Invitation, **shift: int) -> None:
    """Let time pass for an invitation."""
    change = timedelta(**shift)
    Invitation.objects.filter(pk=invitation.pk).update(
        sent_at=invitation.sent_at - change, expires_at=invitation.expires_at - change
    )


def test_the_link_in_the_mail_gives_a_seat_with_the_roles(owner, seller, invited):
    dispatch_all()
    (message,) = mail.outbox
    token = re.search(r"/invitations/([^/]+)/", message.body)[1]
    assert message.to == [EMAIL] and "Xinghe Home" in message.subject
    seat = accept(Actor.anonymous(), token, PERSON)
    assert (seat.organization, seat.user.email, seat.user.language) == (seller, EMAIL, "en")
    assert [role.preset for role in seat.roles.all()] == ["seller_sales"]
    assert seat.user.check_password("correct horse battery")
    assert load_actor(seat.user_id).may("orders.confirm")
    invited.refresh_from_db()
    assert (invited.status, invited.accepted_by) == (InvitationStatus.ACCEPTED, seat.user)


def test_the_message_is_written_in_the_language_that_was_chosen(owner, seller):
    for language, word in (("zh-hans", "邀请"), ("en", "invites you")):
        invite_member(owner, InvitationDraft(f"{language}@example.com", language=language, note="See you"))
        dispatch_all()
        assert word in mail.outbox[-1].subject and "See you" in mail.outbox[-1].body


def test_the_database_keeps_no_token(invited):
    token = token_of(invited)
    stored = str(Invitation.objects.values().get(pk=invited.pk))
    assert token not in stored and find_invitation(token) == invited and find_invitation("else") is None


def test_a_link_works_once(invited):
    token = token_of(invited)
    accept(Actor.anonymous(), token, PERSON)
    with raises(PartiesErrorCode.INVITATION_CLOSED):
        accept(Actor.anonymous(), token, PERSON)
    assert Membership.objects.filter(user__email=EMAIL).count() == 1


@pytest.mark.parametrize("ending", ["expired", "withdrawn", "declined", "replaced"])
def test_a_link_that_has_ended_opens_nothing(owner, invited, ending):
    token = token_of(invited)
    if ending == "expired":
        past(invited, days=8)
        invited.refresh_from_db()
        assert status_of(invited) == InvitationStatus.EXPIRED
    elif ending == "withdrawn":
        withdraw(owner, invited.pk)
    elif ending == "declined":
        assert decline(token).status == InvitationStatus.DECLINED
    else:
        past(invited, minutes=2)
        resend(owner, invited.pk)
    with raises(CoreErrorCode.NOT_FOUND if ending == "replaced" else PartiesErrorCode.INVITATION_CLOSED):
        accept(Actor.anonymous(), token, PERSON)
    assert not User.objects.filter(email=EMAIL).exists()


def test_an_expired_one_can_be_sent_again(owner, invited):
    past(invited, days=8)
    again = resend(owner, invited.pk)
    assert (again.sent_count, status_of(again)) == (2, InvitationStatus.SENT)
    accept(Actor.anonymous(), token_of(again), PERSON)


def test_sending_again_is_slow_and_ends(owner, invited):
    with raises(PartiesErrorCode.TOO_MANY_ATTEMPTS):
        resend(owner, invited.pk)
    Invitation.objects.update(sent_count=invitations.MOST_TIMES, sent_at=timezone.now() - timedelta(hours=1))
    with raises(PartiesErrorCode.TOO_MANY_ATTEMPTS):
        resend(owner, invited.pk)


def test_a_day_has_its_number_of_invitations(owner, invited, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_A_DAY", 1)
    with raises(PartiesErrorCode.TOO_MANY_ATTEMPTS):
        invite_member(owner, InvitationDraft("next@example.com"))


def test_who_has_an_account_signs_in_with_it(owner, seller, invited):
    known = User.objects.create_user(EMAIL, "correct horse battery", name="Wang Fang")
    other = make_actor(seller, "seller_sales")
    for actor in (Actor.anonymous(), other):
        with raises(PartiesErrorCode.SIGN_IN_REQUIRED):
            accept(actor, token_of(invited), PERSON)
    seat = accept(load_actor(known.pk), token_of(invited), Newcomer())
    assert seat.user == known and User.objects.filter(email=EMAIL).count() == 1


def test_what_is_wrong_with_a_newcomer_is_told_at_once(invited):
    Invitation.objects.update(name="")
    with raises(CoreErrorCode.REQUIRED, field="name") as refusal:
        accept(Actor.anonymous(), token_of(invited), Newcomer(password="12345", language="xx"))
    assert {error.field for error in refusal.errors} == {"name", "password", "language"}
    assert find_invitation(token_of(invited)).status == InvitationStatus.SENT


def test_who_may_be_asked(owner, seller, invited):
    with raises(CoreErrorCode.DUPLICATE, field="email"):
        invite_member(owner, InvitationDraft(EMAIL.upper()))
    member = make_member(seller, email="here@example.com")
    with raises(CoreErrorCode.DUPLICATE, field="email"):
        invite_member(owner, InvitationDraft(member.user.email))
    with raises(CoreErrorCode.INVALID, field="email"):
        invite_member(owner, InvitationDraft("not an address"))
    with raises(CoreErrorCode.NOT_FOUND, field="roles"):
        invite_member(
            owner, InvitationDraft("a@example.com", roles=[role_of(make_organization("O"), "seller_owner").pk])
        )
    with raises(CoreErrorCode.PERMISSION_DENIED):
        invite_member(make_actor(seller, "seller_sales"), InvitationDraft("a@example.com"))


def test_a_partner_is_recorded_with_its_terms_and_its_first_person_owns_it(owner, seller):
    draft = PartnerDraft("D-9", "Yunqi Trading", terms={"payment_days": 45})
    invitation = invite_partner(owner, InvitationDraft(EMAIL, "Wang Fang"), partner=draft)
    partner = invitation.partnership.downstream
    assert (partner.status, invitation.partnership.payment_days) == (OrganizationStatus.UNCLAIMED, 45)
    seat = accept(Actor.anonymous(), token_of(invitation), PERSON)
    partner.refresh_from_db()
    assert (seat.organization, partner.status) == (partner, OrganizationStatus.ACTIVE)
    assert load_actor(seat.user_id).may("orders.place")
    with raises(PartiesErrorCode.PARTNER_CLAIMED):
        invite_partner(owner, InvitationDraft("next@example.com"), invitation.partnership_id)


def test_somebody_elses_partner_is_not_found(owner):
    other = make_partnership(make_organization("Other"), "Dealer")
    with raises(CoreErrorCode.NOT_FOUND, field="partnership"):
        invite_partner(owner, InvitationDraft(EMAIL), other.pk)
    with raises(CoreErrorCode.DUPLICATE, field="code"):
        create_partnership(owner, PartnerDraft("D-1", "One"))
        invite_partner(owner, InvitationDraft(EMAIL), partner=PartnerDraft("D-1", "Two"))
    assert not Invitation.objects.exists()


def test_an_organization_one_owns_can_be_the_partner_instead(owner, seller):
    invitation = invite_partner(owner, InvitationDraft(EMAIL), partner=PartnerDraft("D-9", "Yunqi (new)"))
    recorded = invitation.partnership.downstream_id
    mine = make_member(make_organization("Yunqi Trading", "dealer"), "dealer_owner", email=EMAIL)
    foreign = make_organization("Not mine", "dealer")
    actor = load_actor(mine.user_id)
    with raises(CoreErrorCode.NOT_FOUND, field="organization"):
        accept(actor, token_of(invitation), Newcomer(), foreign.pk)
    assert accept(actor, token_of(invitation), Newcomer(), mine.organization_id) == mine
    partnership = Partnership.objects.get(pk=invitation.partnership_id)
    assert partnership.downstream == mine.organization and partnership.code == "D-9"
    assert not Organization.objects.filter(pk=recorded).exists()


def test_trade_that_has_begun_stays_with_the_recorded_organization(owner, seller):
    invitation = invite_partner(owner, InvitationDraft(EMAIL), partner=PartnerDraft("D-9", "Yunqi (new)"))
    make_address(invitation.partnership.downstream)
    mine = make_member(make_organization("Yunqi Trading", "dealer"), "dealer_owner", email=EMAIL)
    with raises(CoreErrorCode.IN_USE, field="organization"):
        accept(load_actor(mine.user_id), token_of(invitation), Newcomer(), mine.organization_id)


def test_through_the_schema_from_the_mail_to_the_first_page(owner, seller):
    send = """mutation($input: MemberInviteInput!) { memberInvite(input: $input) {
        invitation { id status roles { code } invitedBy { displayName } } errors { field code } } }"""
    role = to_global_id("Role", role_of(seller, "seller_sales").pk)
    answer = execute(send, {"input": {"email": EMAIL, "roles": [role]}}, actor=owner).data["memberInvite"]
    assert answer["errors"] == [] and answer["invitation"]["roles"] == [{"code": "seller_sales"}]
    token = token_of(Invitation.objects.get())
    browser = Client()

    def ask(text: str, **variables):
        body = {"query": text, "variables": variables}
        return browser.post("/graphql/", body, content_type="application/json").json()

    preview = """query($t: String!) { invitationPreview(token: $t) {
        organizationName kind status email hasAccount isYours partnerName } }"""
    shown = ask(preview, t=token)["data"]["invitationPreview"]
    assert (shown["organizationName"], shown["email"], shown["hasAccount"]) == ("Xinghe Home", EMAIL, False)
    join = """mutation($input: InvitationAcceptInput!) { invitationAccept(input: $input) {
        membership { organization { name } roles { code } } errors { field code } } }"""
    weak = ask(join, input={"token": token, "name": "Wang Fang", "password": "password"})
    assert {error["code"] for error in weak["data"]["invitationAccept"]["errors"]} == {"PASSWORD_WEAK"}
    joined = ask(join, input={"token": token, "name": "Wang Fang", "password": PERSON.password})
    assert joined["data"]["invitationAccept"]["membership"]["roles"] == [{"code": "seller_sales"}]
    assert ask("{ actor { user { email } } }")["data"]["actor"]["user"]["email"] == EMAIL


def test_others_see_no_invitations(owner, seller, invited):
    document = "{ invitations { totalCount nodes { email } } }"
    clerk, other = make_actor(seller, "seller_warehouse"), make_actor(make_organization("Other"), "seller_owner")
    seen = [execute(document, {}, actor=actor).data["invitations"]["totalCount"] for actor in (owner, clerk, other)]
    assert seen == [1, 0, 0]
    narrow = "{ invitations(filter: {status: [EXPIRED]}) { totalCount } }"
    assert execute(narrow, {}, actor=owner).data["invitations"]["totalCount"] == 0


def test_a_unit_with_members_is_not_retired(owner, seller):
    unit = create_node(owner, UNITS, {"code": "HQ", "name_en": "Head office"})
    seat = make_member(seller)
    move_member(owner, seat.pk, unit.pk)
    with raises(CoreErrorCode.IN_USE, field="id"):
        retire_unit(owner, unit.pk)
    move_member(owner, seat.pk, None)
    assert retire_unit(owner, unit.pk).is_active is False
    with raises(CoreErrorCode.INVALID, field="unit"):
        move_member(owner, seat.pk, unit.pk)
    assert restore_unit(owner, unit.pk).is_active is True


def at_once_accepted(token: str, times: int = 6) -> list[str]:
    """What each of several that accept at once is told."""

    def one(_number: int) -> str:
        try:
            accept(Actor.anonymous(), token, PERSON)
        except DomainError as error:
            return error.code.name
        except Exception as error:  # the twin fails in other ways
            return type(error).__name__
        return "joined"

    return sorted(at_once(times, one))


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_make_one_member():
    seller = make_organization("Xinghe Home")
    invitation = invite_member(make_actor(seller, "seller_owner"), InvitationDraft(EMAIL))
    assert at_once_accepted(token_of(invitation)) == ["INVITATION_CLOSED"] * 5 + ["joined"]
    assert Membership.objects.filter(user__email=EMAIL).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_its_locks_the_others_fall_over_each_other(monkeypatch):
    seller = make_organization("Xinghe Home")
    invitation = invite_member(make_actor(seller, "seller_owner"), InvitationDraft(EMAIL))
    monkeypatch.setattr(answering, "_open", find_invitation)
    assert at_once_accepted(token_of(invitation)) != ["INVITATION_CLOSED"] * 5 + ["joined"]
