"""Sign-ins of API clients: a family of refresh tokens, each good for one use."""

from __future__ import annotations

from django.db import models


class TokenFamily(models.Model):
    """One sign-in of an API client. Each refresh adds a token to the family; revoking it ends all of them."""

    user = models.ForeignKey("parties.User", models.CASCADE, related_name="+")
    organization = models.ForeignKey("parties.Organization", models.SET_NULL, null=True, related_name="+")
    password_mark = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "token families"


class RefreshToken(models.Model):
    """The SHA-256 of a refresh token; the token itself is known to the client only."""

    family = models.ForeignKey(TokenFamily, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="refresh_token_expiry")]
