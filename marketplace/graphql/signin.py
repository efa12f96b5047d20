"""Sign-in of API clients by password and second factor, with allauth's rate limits and authenticators."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context as allauth_context
from allauth.core import ratelimit
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.core.errors import DomainError
from marketplace.graphql.tokens import SignInErrorCode, TokenPair, issue
from marketplace.parties.actors import load_actor
from marketplace.parties.models import User


def sign_in(request: HttpRequest, email: str, password: str, code: str | None = None) -> TokenPair:
    """The first pair of tokens. Raises INVALID_CREDENTIALS, CODE_REQUIRED, INVALID_CODE or TOO_MANY_ATTEMPTS.

    Whether an address is known is not told: the same refusal, after the same work.
    """
    with allauth_context.request_context(request):
        user = _by_password(request, email.strip().lower(), password)
        if is_mfa_enabled(user):
            _by_code(user, (code or "").strip())
    actor = load_actor(user.pk)
    return issue(user, actor.organization_id)


def _by_password(request: HttpRequest, email: str, password: str) -> User:
    if not ratelimit.consume(request, action="login"):
        raise _too_many()
    try:
        user: Any = get_adapter(request).authenticate(request, email=email, password=password)
    except ValidationError:
        raise _too_many() from None
    if user is None or not user.is_active:
        raise DomainError(SignInErrorCode.INVALID_CREDENTIALS, _("The e-mail address or the password is wrong."))
    return user


def _by_code(user: User, code: str) -> None:
    if not code:
        raise DomainError(SignInErrorCode.CODE_REQUIRED, _("Enter the code of your second factor."), "code")
    try:
        clear = check_rate_limit(user)
    except ValidationError:
        raise _too_many() from None
    with transaction.atomic():
        for authenticator in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
            if authenticator.wrap().validate_code(code):
                clear()
                authenticator.record_usage()
                return
    raise DomainError(SignInErrorCode.INVALID_CODE, _("The code is wrong or was used before."), "code")


def _too_many() -> DomainError:
    return DomainError(SignInErrorCode.TOO_MANY_ATTEMPTS, _("Too many attempts. Wait a few minutes and try again."))
