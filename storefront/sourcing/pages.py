"""Sourcing: the buyer's events, the supplier's invitations and quote sheet, and what everybody may read."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from storefront.page import Page, page, view
from storefront.problems import Problems
from storefront.sheets import Sheet
from storefront.words import SAVED

EVENTS = {
    "number": _("Number"),
    "name": _("Name"),
    "kindLabel": _("Kind"),
    "statusLabel": _("Status"),
    "lineCount": _("Lines"),
    "participationCount": _("Suppliers"),
    "closeAt": _("Quotes until"),
    "createdAt": _("Created"),
}


class Invited(Page):
    """The page behind a link sent by e-mail. The link is a secret: no other site is told of it, nothing is kept."""

    def show(self, request: HttpRequest, where: dict[str, Any], problems: Problems | None = None) -> HttpResponseBase:
        """The page, without a trace of its address anywhere else."""
        response = super().show(request, where, problems)
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "no-store"
        return response

    def draw(self, request: HttpRequest, context: dict[str, Any]) -> str:
        """In the language of the mail, unless whoever reads it has chosen one."""
        found = (context.get("sourcingEventPublic") or {}).get("language")
        if not found or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
            return super().draw(request, context)
        with translation.override(found):
            request.LANGUAGE_CODE = found
            return super().draw(request, context)


events = page(
    "sourcing/events",
    then={"Create": "/sourcing/%(event.id)s/"},
    done={"Create": SAVED},
    export=Sheet("sourcingEvents", EVENTS, _("Sourcing events")),
)
invitations = page("sourcing/invitations")
event = page(
    "sourcing/event",
    needs="event",
    then={"Register": "/sourcing/%(event)s/"},
    done={
        "Save": SAVED,
        "SaveLines": SAVED,
        "SaveColumns": SAVED,
        "Invite": _("The suppliers are on the list."),
        "InviteByMail": _("The person is on the list."),
        "Submit": _("It waits for approval."),
        "Reject": _("It is sent back."),
        "Publish": _("The event is published; the invitations are on their way."),
        "Extend": _("The deadline is moved; all participants are told."),
        "Pause": _("The event is paused; all participants are told."),
        "Resume": _("Quotes are taken again; the dates have moved."),
        "Cancel": _("The event is cancelled."),
        "Fail": _("The event is declared unsuccessful."),
        "Open": _("The quotes are open."),
        "Admit": _("The supplier is admitted."),
        "Addend": _("The addendum is published; all participants are told."),
        "Answer": _("The answer is published to all participants."),
        "Register": _("You take part."),
        "Decline": _("You do not take part."),
        "Rejoin": _("You take part again."),
        "Acknowledge": _("Thank you."),
        "Ask": _("The question is sent; nobody is told that it is yours."),
        "AddFile": _("The file is added."),
    },
)
quote = page(
    "sourcing/quote",
    needs="event",
    done={
        "SaveQuote": _("The draft is saved. Nothing is sent yet."),
        "SendQuote": _("Your quote is in."),
        "Confirm": _("Your quote is confirmed."),
        "Withdraw": _("Your quote is withdrawn."),
        "Import": _("The sheet is in your draft. Nothing is sent yet."),
    },
)
notices = view(Page("sourcing/notices", public=True))
notice = view(
    Page(
        "sourcing/notice",
        needs="sourcingEventPublic",
        public=True,
        then={"Register": "/sourcing/%(participation.event.id)s/"},
    )
)
invited = view(Invited("sourcing/notice", public=True, then={"Register": "/sourcing/%(participation.event.id)s/"}))

urlpatterns = [
    path("sourcing/", events, name="sourcing_events"),
    path("sourcing/invitations/", invitations, name="sourcing_invitations"),
    path("sourcing/<str:event>/", event, name="sourcing_event"),
    path("sourcing/<str:event>/quote/", quote, name="sourcing_quote"),
    path("tenders/", notices, name="tenders"),
    path("tenders/invited/<str:token>/", invited, name="tender_invited"),
    path("tenders/<str:id>/", notice, name="tender"),
]
