"""Secrets of others that have to be read again: kept so that a copy of the database alone does not tell them.

The key is derived from SECRET_KEY and from what the secret is for, so one cannot be put in another's place. After
SECRET_KEY was changed, those of SECRET_KEY_FALLBACKS still open what they closed.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


class SecretUnreadable(Exception):
    """It was closed under a key that this installation does not have."""


def encrypt(secret: str, purpose: str) -> str:
    """The secret as it may be stored; different each time. `purpose`: a word of the code, such as `stripe.key`."""
    return _keys(purpose).encrypt(secret.encode()).decode()


def decrypt(stored: str, purpose: str) -> str:
    """What was stored by `encrypt` under the same purpose. Raises SecretUnreadable."""
    try:
        return _keys(purpose).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable(purpose) from None


def _keys(purpose: str) -> MultiFernet:
    return MultiFernet([_key(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes, purpose: str) -> Fernet:
    made = HKDF(SHA256(), 32, salt=None, info=f"entrepot {purpose}".encode()).derive(force_bytes(secret))
    return Fernet(urlsafe_b64encode(made))
