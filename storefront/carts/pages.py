"""From kept lines to a placed order: carts, saved lists, checkout."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import IN_CART, SAVED

CART = "/carts/?cart=%(cart.id)s"
LINES = {
    "variant.sku": _("SKU"),
    "variant.fullName": _("Product"),
    "quantity": _("Quantity"),
    "uom.name": _("Unit"),
    "unitPrice.amount": _("Unit price"),
    "total.amount": _("Amount"),
    "availability.label": _("Stock"),
    "errorMessage": _("Problem"),
}
carts = page(
    "carts/carts",
    parts={"cart"},
    then={
        **dict.fromkeys(("Make", "Copy", "Merge", "Move"), CART),
        **dict.fromkeys(("Hand", "Discard"), "/carts/"),
        "SaveAsList": "/lists/%(savedList.id)s/",
    },
    done={
        "Snap": _("Quantities now fit their steps."),
        "Reprice": _("The cart has the prices of now."),
        "AddCoupon": _("The coupon is in the cart."),
        "RemoveCoupon": _("The coupon is out of the cart."),
        **dict.fromkeys(("ChooseGifts", "ChooseAddOns"), SAVED),
        "Make": _("The cart %(cart.label)s is made. What you add goes into it."),
        "Choose": _("What you add goes into %(cart.label)s from here on."),
        "Rename": SAVED,
        "Share": SAVED,
        "Hand": _("The cart is handed over."),
        "Copy": _("The copy is %(cart.label)s."),
        "Merge": _("The carts are put together in %(cart.label)s."),
        "Move": _("The lines are in %(cart.label)s."),
        "Discard": _("The cart is discarded."),
        "SaveAsList": SAVED,
    },
    export=Sheet("basket.lineRows", LINES, _("Cart")),
)
checkout = page(
    "carts/checkout",
    needs="cart",
    then={"Place": "/orders/%(order.id)s/"},
    done={"Place": _("Order %(order.number)s is placed."), "AddAddress": _("The address is saved.")},
)
saved_lists = page(
    "carts/saved_lists",
    then={"Create": "/lists/%(savedList.id)s/"},
    done={"Create": SAVED, "Delete": _("The list is deleted.")},
)
saved_list = page(
    "carts/saved_list",
    needs="savedList",
    then={"Delete": "/lists/"},
    done={
        **dict.fromkeys(("Write", "Rename", "Share"), SAVED),
        "Add": _("Added to the list."),
        "Delete": _("The list is deleted."),
        "AddToCart": IN_CART,
    },
)

urlpatterns = [
    path("carts/", carts, name="carts"),
    path("checkout/<str:id>/", checkout, name="checkout"),
    path("lists/", saved_lists, name="saved_lists"),
    path("lists/<str:id>/", saved_list, name="saved_list"),
]
