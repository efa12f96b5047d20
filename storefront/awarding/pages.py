"""From opened quotes to the award: the opening, the comparison with its scenarios, results, and receipts to verify."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import Page, page, view


class Verify(Page):
    """A receipt is posted, not asked for by address: addresses are written to logs, and a receipt holds prices."""

    def act(self, request: HttpRequest, where: dict[str, Any]) -> HttpResponseBase:
        """The page with what was found."""
        return self.show(request, {**where, "receipt": request.POST.get("receipt", "")})


opening = page(
    "awarding/opening",
    needs="event",
    done={
        "MakeKey": _("Your key is made. Keep the passphrase: nobody can reset it."),
        "Prove": _("The passphrase is right."),
        "Appoint": _("The opening committee is named."),
        "Start": _("The opening has begun: there are 30 minutes."),
        "Give": _("Your share is given."),
        "Sign": _("You have signed the minutes."),
        "Decide": _("The technical decision waits for a second person."),
        "Agree": _("The technical decision is approved."),
    },
)
compare = page(
    "awarding/compare",
    needs="event",
    parts={"scenarios"},
    done={
        "Solve": _("The scenario is being solved."),
        "TakeOut": _("It waits for a second person."),
        "AgreeOut": _("The quote is disqualified."),
        "Draft": _("The award is drafted."),
        "Submit": _("The award waits for approval."),
        "Reject": _("The award is sent back."),
        "Approve": _("The award is approved."),
        "Tell": _("All letters are on their way."),
        "Complete": _("The award is completed."),
    },
)
results = page(
    "awarding/results",
    done={"Accept": _("Accepted; the buyer is told."), "Refuse": _("Declined; the buyer is told.")},
)
receipt = view(Verify("awarding/receipt", public=True))

urlpatterns = [
    path("sourcing/results/", results, name="sourcing_results"),
    path("sourcing/<str:event>/opening/", opening, name="sourcing_opening"),
    path("sourcing/<str:event>/compare/", compare, name="sourcing_compare"),
    path("verify-receipt/", receipt, name="verify_receipt"),
]
