"""What allauth asks of us: who may sign up (nobody), and in which language a person is written to."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import translation


class AccountAdapter(DefaultAccountAdapter):
    """Named in settings as ACCOUNT_ADAPTER."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people come as members."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language that the receiver chose, not in that of whoever caused the message."""
        language = getattr(context.get("user"), "language", "") or translation.get_language() or "en"
        with translation.override(language):
            super().send_mail(template_prefix, email, context)
