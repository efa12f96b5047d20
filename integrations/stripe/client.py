"""Calls to Stripe: short, once by their key, and with their failures told apart."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import stripe
from django.conf import settings
from django.db import transaction

from integrations.stripe.models import StripeAccount
from ordercenter.payments.providers import ProviderRefused, ProviderUnavailable

log = logging.getLogger(__name__)

#: Seconds to connect and to wait for an answer; a call that got none is made once more, under the same key.
TIMEOUT, RETRIES = (5, 20), 1
#: What a later try may mend, beside having no answer at all.
LATER = (409, 429)


def client_of(account: StripeAccount) -> stripe.StripeClient:
    """A client that speaks for an account."""
    return client_for(account.api_key())


def client_for(api_key: str) -> stripe.StripeClient:
    """A client with this secret key."""
    return stripe.StripeClient(
        api_key,
        base_addresses={"api": settings.STRIPE_URL},
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=RETRIES,
    )


@contextmanager
def asking() -> Iterator[None]:
    """Around a call: what Stripe answers becomes ProviderRefused or ProviderUnavailable.

    An answer may take seconds, for which no lock may be held: a RuntimeError inside of a transaction.
    """
    with transaction.atomic(durable=True):
        pass
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        log.warning("Stripe did not answer: %s", error)
        raise ProviderUnavailable from error
    except stripe.StripeError as error:
        status = error.http_status or 0
        log.warning("Stripe answered %s: %s", status, error)
        if status >= 500 or status in LATER:
            raise ProviderUnavailable from error
        raise ProviderRefused(error.user_message or str(error)) from error
