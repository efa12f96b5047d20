"""Where Stripe posts what has happened: believed only when it is signed, kept once, asked after, acted on."""

from __future__ import annotations

import json
import logging
from hashlib import sha256
from typing import Any

import stripe
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.stripe.models import StripeAccount
from ordercenter.payments.enums import PaymentProvider
from ordercenter.payments.inbox import Message, handle, keep

log = logging.getLogger(__name__)

#: Stripe's own bound for how old a signature may be, in seconds; an event is a few thousand bytes.
TOLERANCE, LARGEST = 300, 256 * 1024
SIGNATURE = "Stripe-Signature"
#: Kinds that move money here; others are answered and forgotten.
KINDS = ("payment_intent.", "charge.refund", "charge.dispute.", "refund.")


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest, place: str) -> HttpResponse:
    """200: it is done, or is none of ours. 400: not signed by this account. 503: send it again."""
    account = StripeAccount.objects.filter(place=place).first()
    if account is None:
        return HttpResponse(status=404)
    body = _body(request)
    if body is None or not is_signed(account, body, request.headers.get(SIGNATURE, "")):
        return HttpResponse(status=400)
    message = message_of(account, body)
    if message is None:
        return HttpResponse(status=200)
    return HttpResponse(status=200 if handle(keep(message)) else 503)


def _body(request: HttpRequest) -> bytes | None:
    """The bytes as they came; None for more than any event has."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return None
    return None if length > LARGEST else request.body


def is_signed(account: StripeAccount, body: bytes, signature: str) -> bool:
    """Whether these very bytes were signed with one of the account's secrets, not long ago."""
    for secret in account.signing_secrets():
        try:
            return stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
        except (stripe.SignatureVerificationError, ValueError):
            continue
    log.warning("A webhook of the account %s is not signed with its secret.", account.pk)
    return False


def message_of(account: StripeAccount, body: bytes) -> Message | None:
    """What there is to ask after; None for kinds of events that do not concern payments."""
    try:
        event = json.loads(body)
        kind, found = str(event["type"]), event["data"]["object"]
        about = str(found["id"])
    except (ValueError, KeyError, TypeError):
        return None
    if not kind.startswith(KINDS):
        return None
    return Message(
        account.organization_id,
        PaymentProvider.STRIPE,
        str(event.get("id", ""))[:255],
        kind[:64],
        about[:255],
        sha256(body).hexdigest(),
        _payment_of(found)[:255],
    )


def _payment_of(found: dict[str, Any]) -> str:
    value = found.get("payment_intent") or ""
    return str(value.get("id", "") if isinstance(value, dict) else value)
