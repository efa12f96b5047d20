"""What is done to a quote so that nobody can read it before the opening, and undone when k openers meet (sourcing §4).

Pure functions of bytes: nothing here is stored or logged. HPKE (RFC 9180) is DHKEM X25519, HKDF-SHA256, AES-256-GCM;
keys are shared out with SLIP-39 and passphrases stretched with Argon2id. See docs/concepts/sourcing-sealed.md.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

TAG = b"entrepot.quote.v1\n"
NONCE_BYTES = 32
BLOCK = 4096
MOST_OPENERS = 7
_LENGTH = struct.Struct(">I")
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_OPENER_INFO = b"entrepot.opener.v1"


class Unreadable(Exception):
    """A ciphertext that does not open, or opens to something else than what was committed to."""


class WrongPassphrase(Exception):
    """The passphrase does not open the opener's key."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Cost of Argon2id: what one guess of a passphrase costs an attacker who holds the database."""

    passes: int = 3
    kibibytes: int = 64 * 1024
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An X25519 key pair as raw bytes. The private half lives in memory only; it does not show in a repr."""

    public: bytes
    private: bytes = field(repr=False)

    @classmethod
    def new(cls) -> KeyPair:
        """A fresh pair."""
        private = X25519PrivateKey.generate()
        return cls(private.public_key().public_bytes_raw(), private.private_bytes_raw())


@dataclass(frozen=True, slots=True)
class SealedPart:
    """A quote part as it is stored (commitment, ciphertext), and the nonce that only its owner gets."""

    commitment: bytes
    ciphertext: bytes = field(repr=False)
    nonce: bytes = field(repr=False)


def commitment(nonce: bytes, part: bytes) -> bytes:
    """What binds a supplier to its part without telling it: H(tag || nonce || canonical part)."""
    return sha256(TAG + nonce + part).digest()


def seal(event_key: bytes, part: bytes, info: bytes, nonce: bytes | None = None) -> SealedPart:
    """Commit to a canonical quote part and encrypt it to the event's public key; the size tells 4 KiB steps only."""
    nonce = nonce or os.urandom(NONCE_BYTES)
    plain = _LENGTH.pack(len(part)) + nonce + part
    plain += bytes(-len(plain) % BLOCK)
    return SealedPart(commitment(nonce, part), hpke_seal(event_key, plain, info), nonce)


def unseal(private: bytes, ciphertext: bytes, info: bytes, committed: bytes) -> tuple[bytes, bytes]:
    """The nonce and the canonical part. Raises Unreadable, also where the part is not the one committed to."""
    plain = hpke_open(private, ciphertext, info)
    head = _LENGTH.size + NONCE_BYTES
    if len(plain) < head:
        raise Unreadable("too short")
    length = _LENGTH.unpack_from(plain)[0]
    nonce, part = plain[_LENGTH.size : head], plain[head : head + length]
    if len(part) != length or commitment(nonce, part) != committed:
        raise Unreadable("not what was committed to")
    return nonce, part


def hpke_seal(public: bytes, plain: bytes, info: bytes) -> bytes:
    """Encapsulated key and ciphertext in one."""
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info=info)


def hpke_open(private: bytes, ciphertext: bytes, info: bytes) -> bytes:
    """The plain bytes; raises Unreadable for a wrong key, another `info` or a changed byte."""
    try:
        return _SUITE.decrypt(ciphertext, X25519PrivateKey.from_private_bytes(private), info=info)
    except (InvalidTag, ValueError) as error:
        raise Unreadable("does not decrypt") from error


def split(secret: bytes, needed: int, count: int) -> list[bytes]:
    """Share a 32-byte secret out to `count` holders, `needed` of whom rebuild it (2 <= needed <= count <= 7)."""
    if not 2 <= needed <= count <= MOST_OPENERS:
        raise ValueError(f"{needed} of {count} shares is no quorum")
    groups = generate_mnemonics(1, [(needed, count)], secret, iteration_exponent=0)
    return [words.encode() for words in groups[0]]


def join(shares: Sequence[bytes]) -> bytes:
    """The secret out of enough shares; raises Unreadable for too few or foreign ones."""
    try:
        return combine_mnemonics([share.decode() for share in shares])
    except (MnemonicError, UnicodeDecodeError) as error:
        raise Unreadable("the shares do not fit together") from error


def wrap_private(private: bytes, passphrase: str, cost: Stretch) -> bytes:
    """An opener's private key under its passphrase: salt, nonce and AES-256-GCM ciphertext."""
    salt, nonce = os.urandom(16), os.urandom(12)
    return salt + nonce + AESGCM(_stretched(passphrase, salt, cost)).encrypt(nonce, private, _OPENER_INFO)


def unwrap_private(wrapped: bytes, passphrase: str, cost: Stretch) -> bytes:
    """The private key; raises WrongPassphrase."""
    salt, nonce, sealed = wrapped[:16], wrapped[16:28], wrapped[28:]
    try:
        return AESGCM(_stretched(passphrase, salt, cost)).decrypt(nonce, sealed, _OPENER_INFO)
    except InvalidTag as error:
        raise WrongPassphrase from error


def symmetric_seal(key: bytes, plain: bytes, about: bytes) -> bytes:
    """AES-256-GCM with a fresh nonce in front; `about` must be the same at the opening."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def symmetric_open(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """The plain bytes; raises Unreadable."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], about)
    except InvalidTag as error:
        raise Unreadable("does not decrypt") from error


def _stretched(passphrase: str, salt: bytes, cost: Stretch) -> bytes:
    stretch = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.kibibytes)
    return stretch.derive(passphrase.encode())
