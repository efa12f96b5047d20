"""Tokens of API clients: short-lived signed access tokens, and refresh tokens that change with every use.

A refresh token that comes a second time has been copied: its whole family is revoked, the thief's and the owner's.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

import jwt
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import DomainError
from marketplace.graphql.models import RefreshToken, TokenFamily
from marketplace.parties.models import Membership, OrganizationStatus, User

ISSUER = "entrepot"
ALGORITHM = "HS256"


class SignInErrorCode(models.TextChoices):
    """What can keep an API client from signing in."""

    INVALID_CREDENTIALS = "INVALID_CREDENTIALS", _("Wrong e-mail address or password")
    CODE_REQUIRED = "CODE_REQUIRED", _("A code of the second factor is needed")
    INVALID_CODE = "INVALID_CODE", _("Wrong code")
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS", _("Too many attempts")
    INVALID_TOKEN = "INVALID_TOKEN", _("The token is not valid any more")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What an access token says: who, for which organization, from which sign-in."""

    user: int
    organization: int | None
    family: int
    api_key: str = field(default="", repr=False)
    """An API key that came in its place; nothing else is known then."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client keeps: the access token for its requests, the refresh token for the next pair."""

    access: str
    refresh: str
    expires_in: int
    """Seconds until the access token ends."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A user's wish to act for another of their organizations."""

    user: int
    organization: int


class InvalidToken(Exception):
    """An access token that is expired, damaged or not ours."""


def access_lifetime() -> timedelta:
    return timedelta(seconds=settings.GRAPHQL_ACCESS_TOKEN_SECONDS)


def refresh_lifetime() -> timedelta:
    return timedelta(days=settings.GRAPHQL_REFRESH_TOKEN_DAYS)


def _signing_key(secret: str | bytes) -> bytes:
    """A key of its own made from a secret key, so that a token is good for nothing else that is signed with it."""
    return salted_hmac("marketplace.graphql.tokens", ISSUER, secret=secret, algorithm="sha256").digest()


def make_access_token(user: int, organization: int | None, family: int) -> str:
    """A signed token for the requests of the next minutes."""
    now = timezone.now()
    claims = {"iss": ISSUER, "sub": str(user), "org": organization, "fam": family, "iat": now}
    return jwt.encode(claims | {"exp": now + access_lifetime()}, _signing_key(settings.SECRET_KEY), ALGORITHM)


def read_access_token(token: str) -> AccessToken:
    """What a token says; raises InvalidToken with a sentence. Keys in SECRET_KEY_FALLBACKS still count."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            read, expires = _verified(token, secret)
        except (jwt.InvalidTokenError, ValueError):
            continue
        if expires <= timezone.now().timestamp():
            raise InvalidToken(_("The access token has expired."))
        return read
    raise InvalidToken(_("The access token is not valid."))


@lru_cache(maxsize=4096)
def _verified(token: str, secret: str | bytes) -> tuple[AccessToken, float]:
    """A token whose signature holds, and when it ends. A client sends the same one many times."""
    options: Any = {"require": ["exp", "iat", "sub"], "verify_exp": False}
    claims = jwt.decode(token, _signing_key(secret), [ALGORITHM], issuer=ISSUER, options=options)
    return AccessToken(int(claims["sub"]), claims.get("org"), int(claims.get("fam") or 0)), float(claims["exp"])


def _password_mark(user: User) -> str:
    """Changes with the password, so that a changed password ends every sign-in."""
    return sha256(user.get_session_auth_hash().encode()).hexdigest()


def issue(user: User, organization: int | None) -> TokenPair:
    """A new family and its first pair."""
    with transaction.atomic():
        family = TokenFamily.objects.create(
            user=user, organization_id=organization, password_mark=_password_mark(user), created_at=timezone.now()
        )
        return _next_pair(family)


def _next_pair(family: TokenFamily) -> TokenPair:
    refresh = secrets.token_urlsafe(32)
    RefreshToken.objects.create(family=family, digest=_digest(refresh), expires_at=timezone.now() + refresh_lifetime())
    access = make_access_token(family.user_id, family.organization_id, family.pk)
    return TokenPair(access, refresh, int(access_lifetime().total_seconds()))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def rotate(refresh: str, switch: Switch | None = None) -> TokenPair:
    """Use a refresh token up and return the next pair, for another organization if one is wanted.

    Raises INVALID_TOKEN for one that is unknown, expired, revoked or used before; the last revokes its family.
    """
    pair = _rotate(refresh, switch)
    if pair is None:
        raise DomainError(SignInErrorCode.INVALID_TOKEN, _("Sign in again."), "refreshToken")
    return pair


def _rotate(refresh: str, switch: Switch | None) -> TokenPair | None:
    """The next pair, or None. Commits on its own, so that a revocation stays when the caller then refuses."""
    with transaction.atomic():
        found = RefreshToken.objects.filter(digest=_digest(refresh)).values_list("family", flat=True).first()
        if found is None:
            return None
        # The family is what two users of one token meet at.
        family = TokenFamily.objects.select_for_update(of=("self",)).select_related("user").get(pk=found)
        token = RefreshToken.objects.get(digest=_digest(refresh))
        now = timezone.now()
        if token.used_at is not None:
            _revoke(family)
            return None
        if switch is not None and switch.user != family.user_id:
            return None
        still_good = family.user.is_active and family.password_mark == _password_mark(family.user)
        if family.revoked_at is not None or token.expires_at <= now or not still_good:
            return None
        token.used_at = now
        token.save(update_fields=["used_at"])
        if switch is not None:
            family.organization_id = switch.organization
            family.save(update_fields=["organization"])
        return _next_pair(family)


def _revoke(family: TokenFamily) -> None:
    if family.revoked_at is None:
        family.revoked_at = timezone.now()
        family.save(update_fields=["revoked_at"])


def revoke(refresh: str) -> None:
    """End the sign-in that a refresh token belongs to; an unknown token is as good as ended."""
    TokenFamily.objects.filter(tokens__digest=_digest(refresh), revoked_at=None).update(revoked_at=timezone.now())


def seat_of(user: int, organization: int) -> bool:
    """True when the user may act for the organization."""
    seats = Membership.objects.filter(user=user, organization=organization, is_active=True)
    return seats.exclude(organization__status=OrganizationStatus.CLOSED).exists()


def sweep_tokens() -> int:
    """Delete sign-ins whose last token has expired. Tidying only; returns how many."""
    alive = RefreshToken.objects.filter(family=models.OuterRef("pk"), expires_at__gt=timezone.now())
    deleted: dict[str, Any] = TokenFamily.objects.filter(~models.Exists(alive)).delete()[1]
    return deleted.get("graphql_kernel.TokenFamily", 0)
