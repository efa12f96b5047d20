"""The hub's signature on what it promises: receipts, roots, minutes (sourcing §4.2, §4.4).

The Ed25519 key is made from the program's secret key, so every process has the same one and no file holds it. Its
public half stands in each receipt and on the page where receipts are verified.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils.crypto import salted_hmac


def sign(message: bytes) -> bytes:
    """The hub's signature of some bytes."""
    return _key().sign(message)


def public_key() -> bytes:
    """The 32 bytes against which signatures of this hub are checked."""
    return _key().public_key().public_bytes_raw()


def signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """True if the holder of the key signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key() -> Ed25519PrivateKey:
    seed = salted_hmac("suppliers.sourcing.receipts", "key", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return Ed25519PrivateKey.from_private_bytes(seed)
