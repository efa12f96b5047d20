"""What nobody can read before k openers meet (docs/concepts/sourcing-sealed.md)."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suppliers.sourcing.sealing import (
    BLOCK,
    KeyPair,
    Stretch,
    Unreadable,
    WrongPassphrase,
    commitment,
    join,
    seal,
    split,
    unseal,
    unwrap_private,
    wrap_private,
)

QUICK = Stretch(passes=1, kibibytes=64, lanes=1)
INFO = b"event 1, round 1, COMMERCIAL, P-001, version 1"


def test_a_sealed_part_opens_to_what_was_committed_to():
    pair = KeyPair.new()
    sealed = seal(pair.public, b'{"price":"10.5000"}', INFO)
    assert unseal(pair.private, sealed.ciphertext, INFO, sealed.commitment) == (sealed.nonce, b'{"price":"10.5000"}')
    assert b"10.5000" not in sealed.ciphertext


@settings(max_examples=30)
@given(st.binary(max_size=2 * BLOCK))
def test_the_size_tells_steps_of_four_kibibytes_only(part):
    pair = KeyPair.new()
    sealed = seal(pair.public, part, INFO)
    over = len(sealed.ciphertext) % BLOCK
    assert over == 32 + 16  # the encapsulated key and the tag of AES-GCM
    assert unseal(pair.private, sealed.ciphertext, INFO, sealed.commitment)[1] == part


def test_another_key_another_place_or_one_changed_byte_is_unreadable():
    pair = KeyPair.new()
    sealed = seal(pair.public, b"part", INFO)
    bent = sealed.ciphertext[:100] + bytes([sealed.ciphertext[100] ^ 1]) + sealed.ciphertext[101:]
    for private, ciphertext, info, committed in (
        (KeyPair.new().private, sealed.ciphertext, INFO, sealed.commitment),
        (pair.private, sealed.ciphertext, INFO + b"x", sealed.commitment),
        (pair.private, bent, INFO, sealed.commitment),
        (pair.private, b"short", INFO, sealed.commitment),
        (pair.private, sealed.ciphertext, INFO, commitment(sealed.nonce, b"another part")),
    ):
        with pytest.raises(Unreadable):
            unseal(private, ciphertext, info, committed)


@pytest.mark.parametrize(("needed", "count"), [(2, 2), (2, 3), (3, 5)])
def test_any_k_openers_rebuild_the_key_and_k_less_one_never_do(needed, count):
    secret = KeyPair.new().private
    shares = split(secret, needed, count)
    assert len(set(shares)) == count
    for some in combinations(shares, needed):
        assert join(some) == secret
    for few in combinations(shares, needed - 1):
        with pytest.raises(Unreadable):
            join(few)


def test_shares_of_two_keys_do_not_mix():
    one, other = split(KeyPair.new().private, 2, 2), split(KeyPair.new().private, 2, 2)
    with pytest.raises(Unreadable):
        join([one[0], other[1]])


@pytest.mark.parametrize(("needed", "count"), [(1, 3), (4, 3), (2, 8)])
def test_a_quorum_is_two_to_seven(needed, count):
    with pytest.raises(ValueError, match="no quorum"):
        split(bytes(32), needed, count)


def test_an_openers_key_opens_with_its_passphrase_only():
    private = KeyPair.new().private
    wrapped = wrap_private(private, "three quiet herons", QUICK)
    assert private not in wrapped
    assert unwrap_private(wrapped, "three quiet herons", QUICK) == private
    with pytest.raises(WrongPassphrase):
        unwrap_private(wrapped, "three quiet heron", QUICK)


def test_a_private_key_does_not_show_when_printed():
    pair = KeyPair.new()
    assert pair.private.hex() not in repr(pair)
    assert repr(pair.private) not in repr(pair)
