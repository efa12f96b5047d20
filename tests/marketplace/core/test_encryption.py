"""Secrets that have to be read again."""

import pytest

from marketplace.core.encryption import SecretUnreadable, decrypt, encrypt


def test_what_was_encrypted_is_read_again_for_its_purpose_alone():
    stored = encrypt("sk_live_1", "stripe.key")
    assert "sk_live_1" not in stored
    assert stored != encrypt("sk_live_1", "stripe.key")
    assert decrypt(stored, "stripe.key") == "sk_live_1"
    with pytest.raises(SecretUnreadable):
        decrypt(stored, "stripe.webhook")


def test_a_key_that_was_changed_is_known_as_long_as_it_is_named(settings):
    stored, before = encrypt("secret", "a"), settings.SECRET_KEY
    settings.SECRET_KEY = "another key that is as long as one has to be"
    with pytest.raises(SecretUnreadable):
        decrypt(stored, "a")
    settings.SECRET_KEY_FALLBACKS = [before]
    assert decrypt(stored, "a") == "secret"
