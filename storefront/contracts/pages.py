"""Contracts: what is agreed, what may still be called off, who signs; sources, quotas and indexes of the buyer."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

CONTRACTS = {
    "number": _("Contract"),
    "title": _("Title"),
    "kindLabel": _("Kind"),
    "statusLabel": _("Status"),
    "seller.name": _("Seller"),
    "buyer.name": _("Buyer"),
    "effectiveOn": _("First day"),
    "endsOn": _("Last day"),
    "usedPercent": _("Used"),
}

contracts = page(
    "contracts/contracts",
    done={"Create": _("The contract is drafted. Fill it in."), "WriteType": SAVED},
    then={"Create": "/contracts/%(contract.id)s/edit/"},
    export=Sheet("contracts", CONTRACTS, _("Contracts")),
)
contract = page(
    "contracts/contract",
    needs="contract",
    done={
        "Submit": _("The contract waits for approval."),
        "Approve": _("Both sides are asked to sign."),
        "Reject": _("The contract is sent back."),
        "Void": _("The contract is void."),
        "Pause": _("Nothing is called off until it is resumed."),
        "Resume": _("It can be called off again."),
        "Close": _("The contract is closed."),
        "Renew": _("The contract is renewed."),
        "StopRenewal": _("It will not renew."),
        "CallOff": _("%(order.number)s is placed."),
        "ChangePrice": _("The change is drafted."),
        "ChangeEnd": _("The change is drafted."),
        "SubmitChange": _("The change waits for approval."),
        "ApproveChange": _("Both sides are asked to sign the change."),
        "RejectChange": _("The change is refused."),
        "VoidChange": _("The change is given up."),
    },
    then={"CallOff": "/orders/%(order.id)s/"},
)
edit = page("contracts/edit", needs="contract", done={"Save": SAVED}, then={"Save": "/contracts/%(contract.id)s/"})
signing = page(
    "contracts/sign",
    needs="contract",
    done={"Sign": _("You have signed."), "Decline": _("You have declined.")},
    then={"Sign": "/contracts/", "Decline": "/contracts/"},
)

urlpatterns = [
    path("contracts/", contracts, name="contracts"),
    path("contracts/<str:id>/", contract, name="contract"),
    path("contracts/<str:id>/edit/", edit, name="contract_edit"),
    path("contracts/<str:id>/sign/", signing, name="contract_sign"),
]
