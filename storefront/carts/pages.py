"""From kept lines to a placed order: carts, saved lists, checkout."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.words import IN_CART, SAVED

carts = page(
    "carts/carts",
    then={"SaveAsList": "/lists/%(savedList.id)s/"},
    done={
        "Snap": _("Quantities now fit their steps."),
        "Reprice": _("The cart has the prices of now."),
        "Discard": _("The cart is empty."),
        "SaveAsList": SAVED,
    },
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
saved_list = page("carts/saved_list", needs="savedList", done={"Write": SAVED, "AddToCart": IN_CART})

urlpatterns = [
    path("carts/", carts, name="carts"),
    path("checkout/<str:id>/", checkout, name="checkout"),
    path("lists/", saved_lists, name="saved_lists"),
    path("lists/<str:id>/", saved_list, name="saved_list"),
]
