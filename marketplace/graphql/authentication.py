"""Who a request acts as: a bearer token or a session, the organization it names, one statement for all of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.graphql.api_keys import MARK, actor_of_key
from marketplace.graphql.failure import PermissionDenied, Unauthenticated
from marketplace.graphql.ids import from_global_id
from marketplace.graphql.tokens import AccessToken, InvalidToken, read_access_token
from marketplace.parties.actors import load_actor

# Keys of the session: the organization a user acts for, and the partner whose view is shown.
SESSION_ORGANIZATION = "organization"
SESSION_ON_BEHALF_OF = "on_behalf_of"

ORGANIZATION_HEADER = "Entrepot-Organization"


def bearer_of(header: str | None) -> AccessToken | None:
    """The access token of an Authorization header; None when there is none, Unauthenticated when it is not valid.

    An API key is taken as it is: whether it is good is asked with every request, as it may be revoked.
    """
    scheme, _space, token = (header or "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = token.strip()
    if token.startswith(MARK):
        return AccessToken(0, None, 0, token)
    try:
        return read_access_token(token)
    except InvalidToken as refused:
        raise Unauthenticated(str(refused)) from None


def actor_of_token(token: AccessToken, wanted: str | None = None) -> Actor:
    """The actor of an access token, for the organization it was made for or the one the header names."""
    if token.api_key:
        return _actor_of_key(token.api_key, wanted)
    organization = _wanted(wanted) or token.organization
    actor = load_actor(token.user, organization)
    if not actor.is_authenticated:
        raise Unauthenticated(_("This user may not sign in any more."))
    return _seated(actor, organization)


def _actor_of_key(key: str, wanted: str | None) -> Actor:
    actor = actor_of_key(key)
    if actor is None:
        raise Unauthenticated(_("This API key is not valid, was revoked or has ended."))
    return _seated(actor, _wanted(wanted))


def actor_of_session(session: Any, wanted: str | None = None) -> Actor:
    """The actor of a signed-in session; anonymous when nobody is, or when the password was changed since."""
    user = session.get(SESSION_KEY)
    if not user:
        return Actor.anonymous()
    named = _wanted(wanted)
    actor = load_actor(int(user), named or session.get(SESSION_ORGANIZATION), session.get(SESSION_ON_BEHALF_OF))
    if actor.user is None or not _same_password(actor.user, session.get(HASH_SESSION_KEY, "")):
        return Actor.anonymous()
    return _seated(actor, named) if named else actor


def _same_password(user: Any, kept: str) -> bool:
    if constant_time_compare(kept, user.get_session_auth_hash()):
        return True
    return any(constant_time_compare(kept, old) for old in user.get_session_auth_fallback_hash())


def _wanted(header: str | None) -> int | None:
    if not header:
        return None
    try:
        return from_global_id(header, "Organization")
    except DomainError:
        raise PermissionDenied(_("You have no seat in that organization.")) from None


def _seated(actor: Actor, organization: int | None) -> Actor:
    """The actor, unless it had to fall back on another organization than the one asked for."""
    if organization is not None and actor.organization_id != organization:
        raise PermissionDenied(_("You have no seat in that organization."))
    return actor


def actor_of_request(request: HttpRequest) -> Actor:
    """The actor of an HTTP request; loaded once and kept with it."""
    known = getattr(request, "_entrepot_actor", None)
    if known is None:
        token = bearer_of(request.headers.get("Authorization"))
        wanted = request.headers.get(ORGANIZATION_HEADER)
        known = actor_of_token(token, wanted) if token else actor_of_session(request.session, wanted)
        request._entrepot_actor = known  # type: ignore[attr-defined]
    return known


def act_for(request: HttpRequest, organization: int) -> Actor:
    """From here on the session acts for another of the user's organizations, and for no partner. Returns the actor."""
    request.session[SESSION_ORGANIZATION] = organization
    request.session.pop(SESSION_ON_BEHALF_OF, None)
    return _forget(request)


def view_as(request: HttpRequest, partner: int | None) -> Actor:
    """From here on the session sees what a partner sees; None ends that. Returns the actor."""
    if partner is None:
        request.session.pop(SESSION_ON_BEHALF_OF, None)
    else:
        request.session[SESSION_ON_BEHALF_OF] = partner
    return _forget(request)


def _forget(request: HttpRequest) -> Actor:
    request._entrepot_actor = None  # type: ignore[attr-defined]
    return actor_of_request(request)
