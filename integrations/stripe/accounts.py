"""Set up, change and switch off a seller's account at Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from integrations.stripe.client import asking, client_for
from integrations.stripe.errors import StripeErrorCode
from integrations.stripe.models import API_KEY, WEBHOOK, StripeAccount
from marketplace.core.actor import Actor
from marketplace.core.clock import database_now
from marketplace.core.encryption import encrypt
from marketplace.core.errors import CoreErrorCode, DomainError, raise_all
from marketplace.core.events import DomainEvent, record
from marketplace.parties.models import Organization
from ordercenter.payments.providers import ProviderRefused

PERMISSION = "payments.providers"
#: How keys begin, and which of them are for tests.
PUBLIC, SECRET, SIGNING = ("pk_",), ("sk_", "rk_"), ("whsec_",)
LONGEST = 255
#: The new secret, and the one before, under which Stripe signs for a day after it was rolled.
SECRETS = 2


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """Keys of the account; '' leaves a secret as it is. `forget`: take webhooks signed with the newest secret only."""

    public_key: str
    secret_key: str = ""
    webhook_secret: str = ""
    on: bool = True
    forget: bool = False


def stripe_account_of(actor: Actor) -> StripeAccount | None:
    """The account of the actor's organization."""
    actor.require(PERMISSION)
    return StripeAccount.objects.filter(organization=actor.own_id).first()


def stripe_account_begin(actor: Actor) -> StripeAccount:
    """The account, made where there is none: switched off and without keys, so that its webhook address is known."""
    actor.require(PERMISSION)
    made, _new = StripeAccount.objects.get_or_create(
        organization_id=actor.own_id, defaults={"public_key": "", "secret_key": "", "hint": "", "on": False}
    )
    return made


def stripe_account_write(actor: Actor, draft: AccountDraft) -> StripeAccount:
    """Keep the keys of one's account; a secret key is tried at Stripe first. Goes outside.

    Raises all problems at once: PERMISSION_DENIED, REQUIRED (a first key or secret), INVALID (not such a key),
    KEYS_DIFFER (one for tests, one not), KEY_REFUSED; PROVIDER_UNAVAILABLE.
    """
    account = stripe_account_begin(actor)
    raise_all(_problems(account, draft))
    if draft.secret_key:
        _try(draft.secret_key.strip())
    with transaction.atomic():
        # The organization's row, as the account's is not locked in concert with any other.
        Organization.objects.select_for_update(no_key=True).get(pk=actor.own_id)
        account.refresh_from_db()
        account.public_key, account.on = draft.public_key.strip(), draft.on
        if secret := draft.secret_key.strip():
            account.secret_key, account.hint = encrypt(secret, API_KEY), secret[-4:]
        _keep_webhook_secrets(account, draft)
        account.changed_at = database_now()
        account.save()
        record(actor, _changed(account))
    return account


def _keep_webhook_secrets(account: StripeAccount, draft: AccountDraft) -> None:
    secret = draft.webhook_secret.strip()
    if secret and secret not in account.signing_secrets()[:1]:
        account.webhook_secrets = [encrypt(secret, WEBHOOK), *account.webhook_secrets][:SECRETS]
    if draft.forget:
        account.webhook_secrets = account.webhook_secrets[:1]


def _problems(account: StripeAccount, draft: AccountDraft) -> Iterator[DomainError]:
    given = (
        ("public_key", draft.public_key.strip(), PUBLIC, True),
        ("secret_key", draft.secret_key.strip(), SECRET, not account.secret_key),
        ("webhook_secret", draft.webhook_secret.strip(), SIGNING, not account.webhook_secrets),
    )
    for name, value, begins, needed in given:
        if needed and not value:
            yield DomainError(CoreErrorCode.REQUIRED, _("Give this key."), name)
        elif value and (not value.startswith(begins) or len(value) > LONGEST or not value.isascii()):
            text = _("This key begins with %(begins)s.") % {"begins": begins[0]}
            yield DomainError(CoreErrorCode.INVALID, text, name)
    public, secret = draft.public_key.strip(), draft.secret_key.strip()
    if public and secret and is_for_tests(public) != is_for_tests(secret):
        text = _("One key is for tests and the other is not.")
        yield DomainError(StripeErrorCode.KEYS_DIFFER, text, "secret_key")
    elif public and not secret and account.public_key and is_for_tests(public) != is_for_tests(account.public_key):
        yield DomainError(CoreErrorCode.REQUIRED, _("Give the secret key that belongs to it."), "secret_key")


def is_for_tests(key: str) -> bool:
    """Whether a key moves no real money."""
    return "_test_" in key[:9]


def _try(secret_key: str) -> None:
    try:
        with asking():
            client_for(secret_key).v1.payment_intents.list({"limit": 1})
    except ProviderRefused as refusal:
        text = _("The payment provider does not know this key: %(why)s") % {"why": refusal.why}
        raise DomainError(StripeErrorCode.KEY_REFUSED, text, "secret_key") from None


def _changed(account: StripeAccount) -> DomainEvent:
    """Which key was put in is told by its end; no secret stands in an event."""
    facts = {"key": account.hint, "on": account.on, "test": is_for_tests(account.public_key)}
    return DomainEvent("stripe.account_changed", "stripe_account", account.pk, (account.organization_id,), facts)
