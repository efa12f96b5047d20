"""A seller's account at Stripe in the schema. Secret keys go in, and never come out."""

from __future__ import annotations

from typing import Any, Self

import graphene
from django.conf import settings
from django.urls import reverse

from integrations.stripe.accounts import (
    PERMISSION,
    AccountDraft,
    is_for_tests,
    stripe_account_begin,
    stripe_account_of,
    stripe_account_write,
)
from integrations.stripe.errors import StripeErrorCode
from integrations.stripe.models import StripeAccount
from marketplace.core.actor import Actor
from marketplace.graphql import BaseMutation, DateTime, Field


class StripeAccountType(graphene.ObjectType):
    """Your organization's account at Stripe."""

    class Meta:
        name = "StripeAccount"

    on = Field(graphene.Boolean, required=True, description="Your buyers may begin to pay through it.")
    ready = Field(graphene.Boolean, required=True, description="All its keys are there.")
    test = Field(graphene.Boolean, required=True, description="Its keys are for tests: no real money moves.")
    public_key = Field(graphene.String, required=True, description="The publishable key.")
    secret_key_end = Field(graphene.String, required=True, description="How the secret key ends.")
    webhook_address = Field(graphene.String, required=True, description="Where Stripe shall post to.")
    webhook_secrets = Field(graphene.Int, required=True, description="With how many secrets it may sign: 2 at most.")
    changed_at = Field(DateTime, required=True, description="When it was changed.")

    def resolve_ready(root: StripeAccount, _info: Any) -> bool:
        return bool(root.secret_key and root.webhook_secrets)

    def resolve_test(root: StripeAccount, _info: Any) -> bool:
        return is_for_tests(root.public_key)

    def resolve_secret_key_end(root: StripeAccount, _info: Any) -> str:
        return root.hint

    def resolve_webhook_address(root: StripeAccount, _info: Any) -> str:
        return settings.PUBLIC_URL + reverse("stripe_webhook", args=[root.place])

    def resolve_webhook_secrets(root: StripeAccount, _info: Any) -> int:
        return len(root.webhook_secrets)


class StripeAccountInput(graphene.InputObjectType):
    """Keys of your account; a secret that is left out stays as it is."""

    public_key = graphene.String(required=True, description="The publishable key, pk_...")
    secret_key = graphene.String(description="The secret key, sk_..., or a restricted one, rk_...")
    webhook_secret = graphene.String(description="The signing secret of the webhook, whsec_...")
    on = graphene.Boolean(description="Buyers may begin to pay; true unless told.")
    forget = graphene.Boolean(description="Take webhooks signed with the newest secret only.")

    def to_draft(self) -> AccountDraft:
        return AccountDraft(
            self["public_key"],
            self.get("secret_key") or "",
            self.get("webhook_secret") or "",
            self.get("on") is not False,
            bool(self.get("forget")),
        )


class StripeAccountBegin(BaseMutation, permission=PERMISSION, codes=StripeErrorCode):
    """Make the account, off and without keys, so that you know the address that Stripe asks for."""

    account = Field(StripeAccountType, description="The account.")

    @classmethod
    def perform(cls, actor: Actor) -> Self:
        return cls(account=stripe_account_begin(actor))


class StripeAccountWrite(BaseMutation, permission=PERMISSION, codes=StripeErrorCode, atomic=False, replayable=False):
    """Set up your account: a secret key is tried at Stripe before it is kept, encrypted."""

    class Arguments:
        input = StripeAccountInput(required=True, description="Its keys.")

    account = Field(StripeAccountType, description="The account.")

    @classmethod
    def perform(cls, actor: Actor, input: Any) -> Self:
        return cls(account=stripe_account_write(actor, input.to_draft()))


class Queries:
    """What can be read of the account."""

    stripe_account = Field(
        StripeAccountType, permission=PERMISSION, description="Your account at Stripe; null where there is none."
    )

    def resolve_stripe_account(root: Any, info: Any) -> StripeAccount | None:
        return stripe_account_of(info.context.actor)


class Mutations:
    """What can be done with the account."""

    stripe_account_begin = StripeAccountBegin.Field()
    stripe_account_write = StripeAccountWrite.Field()
