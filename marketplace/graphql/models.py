"""Sign-ins of API clients: a family of refresh tokens, each good for one use; and the keys of programs."""

from __future__ import annotations

from django.db import models

from marketplace.core.rows import OwnedRow


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


class ApiKey(OwnedRow):
    """Lets a program act for an organization with a role. Of the key itself only the SHA-256 is kept.

    `user` is a person in name only, who cannot sign in: what the program does is done in its name, and it has no seat.
    """

    name = models.CharField(max_length=128)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    role = models.ForeignKey("parties.Role", models.PROTECT, related_name="api_keys")
    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    created_by = models.ForeignKey("parties.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return self.name
