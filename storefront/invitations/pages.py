"""Where the link of an invitation leads: to whoever holds it, signed in or not, in the language of the mail."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils import translation

from storefront.page import Page, view
from storefront.problems import Problems


class Invitation(Page):
    """The page of one invitation. The link is a secret: no other site is told of it, and nothing is kept."""

    def show(self, request: HttpRequest, where: dict[str, Any], problems: Problems | None = None) -> HttpResponseBase:
        """The page, without a trace of its address anywhere else."""
        response = super().show(request, where, problems)
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "no-store"
        return response

    def draw(self, request: HttpRequest, context: dict[str, Any]) -> str:
        """In the language of the mail, unless whoever reads it has chosen one."""
        found = context.get("invitationPreview")
        if not found or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
            return super().draw(request, context)
        with translation.override(found["language"]):
            request.LANGUAGE_CODE = found["language"]
            return super().draw(request, context)


invitation = view(Invitation("invitations/invitation", then={"Accept": "/"}, public=True))

urlpatterns = [path("invitations/<str:token>/", invitation, name="invitation")]
