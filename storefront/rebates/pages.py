"""Rebates: policies and what they owe for the grantor, progress and settlements for its partners."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

POLICIES = {
    "code": _("Code"),
    "version": _("Version"),
    "name": _("Name"),
    "statusLabel": _("Status"),
    "periodLabel": _("Rebate period"),
    "basisLabel": _("Documents that count"),
    "validFrom": _("Valid from"),
    "validTo": _("Valid until"),
    "updatedAt": _("Changed"),
}
POSITIONS = {
    "partnerName": _("Partner"),
    "policy.code": _("Code"),
    "policy.name": _("Rebate policy"),
    "periodName": _("Rebate period"),
    "basisAmount.amount": _("Counted amount"),
    "basisQuantity": _("Quantity that counts"),
    "accrued.amount": _("Accrued"),
    "settled.amount": _("Settled"),
    "open.amount": _("To be settled"),
}
ACCRUALS = {
    "occurredOn": _("Day"),
    "orderNumber": _("Order"),
    "sourceLabel": _("Source"),
    "causeLabel": _("Cause"),
    "basisAmount.amount": _("Counted amount"),
    "amount.amount": _("Rebate"),
    "reason": _("Reason"),
    "postedAt": _("Posted"),
}
SETTLEMENTS = {
    "number": _("Settlement"),
    "partnerName": _("Partner"),
    "policyName": _("Rebate policy"),
    "periodName": _("Rebate period"),
    "amount.amount": _("Amount"),
    "correction.amount": _("Correction"),
    "total.amount": _("Total"),
    "payoutLabel": _("Payout method"),
    "statusLabel": _("Status"),
    "postedAt": _("Posted"),
}

ANSWERED = {"Confirm": _("The settlement is confirmed."), "Dispute": _("The seller is told what is not right.")}

policies = page(
    "rebates/policies",
    then={"Create": "/office/rebates/%(policy.id)s/"},
    done={"Create": SAVED, "Import": _("The policies are there as drafts.")},
    export=Sheet("rebatePolicies", POLICIES, _("Rebate policies")),
)
policy = page(
    "rebates/policy",
    needs="policy",
    then={"NewVersion": "/office/rebates/%(policy.id)s/"},
    done={
        "Save": SAVED,
        "NewVersion": _("The next version is there as a draft."),
        "Submit": _("The policy is in effect."),
        "Pause": _("The policy is paused."),
        "Void": SAVED,
        "Recalculate": _("Everything is counted."),
        "Simulate": _("The simulation is on its way."),
        "WriteBaselines": SAVED,
        "WriteTargets": SAVED,
        "ComputeBaselines": SAVED,
    },
    parts={"simulations"},
)
positions = page(
    "rebates/positions",
    size=50,
    then={"Propose": "/office/rebates/settlements/?status=DRAFT"},
    done={"Propose": _("The settlements are proposed: look at them, then approve.")},
    export=Sheet("rebatePositions", POSITIONS, _("Rebates accrued")),
)
position = page(
    "rebates/position",
    needs="position",
    size=50,
    done={"Adjust": _("The rebate is adjusted.")},
    export=Sheet("rebateAccruals", ACCRUALS, _("Rebate accruals")),
)
settlements = page(
    "rebates/settlements",
    size=50,
    done={
        "Submit": _("The settlements are approved; their partners see them."),
        "Post": _("The settlements are paid."),
    },
    export=Sheet("rebateSettlements", SETTLEMENTS, _("Rebate settlements")),
)
settlement = page(
    "rebates/settlement",
    needs="settlement",
    done={
        **ANSWERED,
        "Correct": SAVED,
        "Submit": _("The settlement is approved; its partner sees it."),
        "Post": _("The settlement is paid."),
        "Reverse": _("The settlement is taken back."),
    },
)
progress = page("rebates/progress", done=ANSWERED)
cart = page("rebates/cart", needs="rebateForecast", parts={"added"})

urlpatterns = [
    path("office/rebates/", policies, name="rebate_policies"),
    path("office/rebates/positions/", positions, name="rebate_positions"),
    path("office/rebates/positions/<str:id>/", position, name="rebate_position"),
    path("office/rebates/settlements/", settlements, name="rebate_settlements"),
    path("office/rebates/settlements/<str:id>/", settlement, name="rebate_settlement"),
    path("office/rebates/<str:id>/", policy, name="rebate_policy"),
    path("rebates/", progress, name="rebate_progress"),
    path("rebates/cart/<str:cart>/", cart, name="rebate_cart"),
    path("rebates/positions/<str:id>/", position, name="my_rebate_position"),
    path("rebates/settlements/<str:id>/", settlement, name="my_rebate_settlement"),
]
