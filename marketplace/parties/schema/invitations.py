"""Invitations: sent by those who manage members and partners, answered by whoever holds the link."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.contrib.auth import login
from django.utils import timezone

from marketplace.core.actor import Actor
from marketplace.graphql import (
    BaseMutation,
    ConnectionField,
    DateTime,
    Field,
    Filter,
    FilterInput,
    IdFilter,
    ListFilter,
    ModelType,
    Related,
    Sort,
    SortKey,
    TextFilter,
    enum_of,
    from_global_id,
    ids_of,
    label_field,
)
from marketplace.graphql.authentication import act_for
from marketplace.parties import invitations
from marketplace.parties.answering import Newcomer, accept, account_of, decline, find_invitation
from marketplace.parties.errors import PartiesErrorCode
from marketplace.parties.invitations import InvitationDraft, invite_member, invite_partner, status_of
from marketplace.parties.models import Invitation, InvitationKind, InvitationStatus
from marketplace.parties.partnerships import PartnerDraft
from marketplace.parties.schema.inputs import given, key, renamed, same
from marketplace.parties.schema.loaders import RolesByKey
from marketplace.parties.schema.partners import PartnershipTermsInput, terms_of
from marketplace.parties.schema.types import RoleType, listed, text

HERE = "marketplace.parties.schema"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class InvitationType(ModelType, model=Invitation, name="Invitation"):
    """A person was asked to join: your organization as a member, or a partner you recorded as its first person."""

    kind = Field(enum_of(InvitationKind), required=True, description="Member or partner.")
    kind_label = label_field("kind")
    email = text("Whom it was sent to.")
    name = text("The person's name, as far as it was known.")
    language = text("The language of the message.")
    note = text("What the message says besides.")
    status = Field(enum_of(InvitationStatus), required=True, description="Where it stands.")
    status_label = text("The label of `status`.")
    roles = listed(RoleType, "What the new member is to be allowed; those that are still there.", size=3)
    unit = Related(f"{HERE}.UnitType", "unit", description="The unit the new member is to belong to.")
    partnership = Related(f"{HERE}.PartnershipType", "partnership", description="The partner it is for.")
    invited_by = Related(f"{HERE}.UserType", "invited_by", description="Who sent it.")
    created_at = Field(DateTime, required=True, description="When it was sent first.")
    sent_at = Field(DateTime, required=True, description="When it was sent last.")
    sent_count = Field(graphene.Int, required=True, description="How often it was sent.")
    expires_at = Field(DateTime, required=True, description="When its link ends.")
    answered_at = Field(DateTime, description="When it was accepted, declined or withdrawn.")

    def resolve_status(root: Any, _info: Any) -> InvitationStatus:
        return status_of(root)

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(status_of(root).label)

    def resolve_roles(root: Any, info: Any) -> Any:
        return RolesByKey.of(info).load(tuple(root.roles))


class InvitationFilter(FilterInput):
    """Narrows invitations."""

    kind = ListFilter(enum_of(InvitationKind), lookup="kind", description="Of these kinds.")
    status = Filter(graphene.List(graphene.NonNull(enum_of(InvitationStatus))), description="In any of these states.")
    partnership = IdFilter("Partnership", lookup="partnership", description="For these partners.")
    search = TextFilter(lookups=("email", "name"), description="Words of the address or the name.")

    @staticmethod
    def filter_status(queryset: Any, value: list[InvitationStatus], info: Any) -> Any:
        now = timezone.now()
        stored = queryset.filter(status__in=[one for one in value if one not in ("sent", "expired")])
        if "sent" in value:
            stored = stored | queryset.filter(status="sent", expires_at__gt=now)
        if "expired" in value:
            stored = stored | queryset.filter(status="sent", expires_at__lte=now)
        return stored


class InvitationSort(Sort, default="-SENT_AT"):
    """Keys that invitations are sorted by."""

    SENT_AT = SortKey.of("sent_at", description="When it was sent last.")
    EMAIL = SortKey.of("email", description="The address.")


class InvitationPreviewType(graphene.ObjectType):
    """An invitation as whoever holds its link sees it."""

    class Meta:
        name = "InvitationPreview"

    kind = Field(enum_of(InvitationKind), required=True, description="Member or partner.")
    kind_label = text("The label of `kind`.")
    status = Field(enum_of(InvitationStatus), required=True, description="Where it stands; only SENT can be answered.")
    status_label = text("The label of `status`.")
    organization_name = text("Who invites.")
    partner_name = Field(graphene.String, description="The partner one would be the first person of.")
    inviter_name = Field(graphene.String, description="Who sent it.")
    email = text("The invited address.")
    name = text("The invited person's name, as far as it is known.")
    language = text("The language it was written in.")
    note = text("What it says besides.")
    expires_at = Field(DateTime, required=True, description="When the link ends.")
    has_account = Field(graphene.Boolean, required=True, description="The address has an account: sign in to accept.")
    is_yours = Field(graphene.Boolean, required=True, description="You are signed in with that address.")

    def resolve_kind_label(root: Any, _info: Any) -> str:
        return str(root.get_kind_display())

    def resolve_status(root: Any, _info: Any) -> InvitationStatus:
        return status_of(root)

    def resolve_status_label(root: Any, _info: Any) -> str:
        return str(status_of(root).label)

    def resolve_organization_name(root: Any, _info: Any) -> str:
        return root.organization.name

    def resolve_partner_name(root: Any, _info: Any) -> str | None:
        return root.partnership.downstream.name if root.partnership else None

    def resolve_inviter_name(root: Any, _info: Any) -> str | None:
        return root.invited_by.name if root.invited_by else None

    def resolve_has_account(root: Any, _info: Any) -> bool:
        return account_of(root) is not None

    def resolve_is_yours(root: Any, info: Any) -> bool:
        user = info.context.actor.user
        return user is not None and user.email == root.email


class MemberInviteInput(graphene.InputObjectType):
    """A person to ask to join."""

    email = graphene.String(required=True, description="Whom to write to; the address the person will sign in with.")
    name = graphene.String(description="The person's name.")
    roles = graphene.List(graphene.NonNull(graphene.ID), description="What the member may do.")
    unit = graphene.ID(description="The unit the member belongs to.")
    language = graphene.String(description="Of the message: `zh-hans` or `en`; your organization's unless told.")
    note = graphene.String(description="What the message says besides, 500 characters at most.")


class MemberInvite(BaseMutation, codes=PartiesErrorCode, permission="members.manage", atomic=False):
    """Ask a person by mail to join your organization. The link is good for a week."""

    class Arguments:
        input = MemberInviteInput(required=True, description="The person.")

    invitation = Field(InvitationType, description="The invitation.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        draft = InvitationDraft(
            **same(input, "email", "name", "language", "note"),
            roles=ids_of(input.get("roles") or [], "Role", "roles"),
            unit_id=key(input, "unit", "Unit"),
        )
        return cls(invitation=invite_member(actor, draft))


class PartnerInviteInput(graphene.InputObjectType):
    """The first person of a partner: one you recorded (`partnership`), or a new one (`code` and `partnerName`)."""

    email = graphene.String(required=True, description="Whom to write to.")
    name = graphene.String(description="The person's name.")
    language = graphene.String(description="Of the message, and of a new partner: `zh-hans` or `en`.")
    note = graphene.String(description="What the message says besides, 500 characters at most.")
    partnership = graphene.ID(description="A partner you recorded and nobody sits at yet.")
    code = graphene.String(description="What you call a new partner; unique among your partners.")
    partner_name = graphene.String(description="The name of a new partner.")
    country = graphene.String(description="ISO 3166 code of a new partner, CN unless told.")
    currency = graphene.String(description="ISO 4217 code of the trade, your own unless told.")
    timezone = graphene.String(description="Zone of a new partner, Asia/Shanghai unless told.")
    terms = graphene.InputField(PartnershipTermsInput, description="Terms of a new partner; `code` counts from above.")
    price_list = graphene.ID(description="A price list that answers a new partner. Requires `prices.manage`.")


class PartnerInvite(BaseMutation, codes=PartiesErrorCode, permission="partners.manage", atomic=False):
    """Ask the first person of a partner by mail to take its seat; a new partner is recorded with its terms."""

    class Arguments:
        input = PartnerInviteInput(required=True, description="The person and the partner.")

    invitation = Field(InvitationType, description="The invitation, with the partnership.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        draft = InvitationDraft(**same(input, "email", "name", "language", "note"))
        known, price_list = key(input, "partnership", "Partnership"), key(input, "price_list", "PriceList")
        partner, starts = None if known else cls.partner(input), {"price_list": price_list} if price_list else None
        with renamed(time_zone="timezone", organization="partnership"):
            return cls(invitation=invite_partner(actor, draft, known, partner, starts))

    @staticmethod
    def partner(input: Any) -> PartnerDraft:
        terms = terms_of(input.get("terms") or {})
        terms.pop("code", None)
        facts = same(input, "country", "currency", "language")
        facts |= given(input, partner_name="name", timezone="time_zone")
        return PartnerDraft(input.get("code") or "", **facts, terms=terms)


class InvitationResend(BaseMutation, codes=PartiesErrorCode, atomic=False):
    """Send an invitation again, with a new link; the old one ends. Once a minute, ten times at most."""

    class Arguments:
        id = graphene.ID(required=True, description="The invitation.")

    invitation = Field(InvitationType, description="The invitation.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(invitation=invitations.resend(actor, from_global_id(id, "Invitation")))


class InvitationWithdraw(BaseMutation, codes=PartiesErrorCode, atomic=False):
    """Take an invitation back: its link ends."""

    class Arguments:
        id = graphene.ID(required=True, description="The invitation.")

    invitation = Field(InvitationType, description="The invitation.")

    @classmethod
    def perform(cls, actor: Actor, id: str) -> Self:
        return cls(invitation=invitations.withdraw(actor, from_global_id(id, "Invitation")))


class InvitationAcceptInput(graphene.InputObjectType):
    """The answer of the invited person. Who has an account signs in first and needs only the token."""

    token = graphene.String(required=True, description="From the link.")
    name = graphene.String(description="Your name, for a new account.")
    password = graphene.String(description="The password of a new account.")
    language = graphene.String(description="The language of a new account.")
    organization = graphene.ID(description="An organization you own that shall be the partner, instead of a new one.")


class InvitationAccept(BaseMutation, codes=PartiesErrorCode, public=True, replayable=False, atomic=False):
    """Join. In a browser's session a new person is signed in at once, and the session acts for the organization."""

    class Arguments:
        input = InvitationAcceptInput(required=True, description="The answer.")

    membership = Field(f"{HERE}.MembershipType", description="Your new seat.")

    @classmethod
    def perform(cls, actor: Actor, info: Any, input: Any) -> Self:
        newcomer = Newcomer(**same(input, "name", "password", "language"))
        organization = key(input, "organization", "Organization")
        seat = accept(actor, input["token"], newcomer, organization)
        request = info.context.request
        if request is not None and hasattr(request, "session"):
            if actor.user is None:
                login(request, seat.user, backend=BACKEND)
            act_for(request, seat.organization_id)
        return cls(membership=seat)


class InvitationDecline(BaseMutation, codes=PartiesErrorCode, public=True, atomic=False):
    """Say no to an invitation; its link ends."""

    class Arguments:
        token = graphene.String(required=True, description="From the link.")

    status = Field(enum_of(InvitationStatus), description="Where the invitation stands.")

    @classmethod
    def perform(cls, actor: Actor, token: str) -> Self:
        return cls(status=InvitationStatus(decline(token).status))


class InvitationQueries:
    """Mounted by the package."""

    invitations = ConnectionField(
        InvitationType,
        filter=InvitationFilter,
        sort=InvitationSort,
        kind=graphene.Argument(enum_of(InvitationKind), description="Of this kind; both unless told."),
        description="Invitations your organization sent: to members with `members.view`, to partners `partners.view`.",
    )
    invitation_preview = Field(
        InvitationPreviewType,
        token=graphene.String(required=True, description="From the link."),
        description="What a link invites to; null for one that was never sent or was replaced. Needs no sign-in.",
    )

    def resolve_invitations(root: Any, info: Any, kind: InvitationKind | None = None) -> Any:
        rows = InvitationType.visible(info.context.actor)
        return rows if kind is None else rows.filter(kind=kind)

    def resolve_invitation_preview(root: Any, info: Any, token: str) -> Any:
        return find_invitation(token)


class InvitationMutations:
    """Mounted by the package."""

    member_invite = MemberInvite.Field()
    partner_invite = PartnerInvite.Field()
    invitation_resend = InvitationResend.Field()
    invitation_withdraw = InvitationWithdraw.Field()
    invitation_accept = InvitationAccept.Field()
    invitation_decline = InvitationDecline.Field()
