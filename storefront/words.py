"""What several pages tell after a form."""

from django.utils.translation import gettext_lazy as _

IN_CART = _("In your cart with %(cart.seller.name)s: %(cart.lineCount)s lines.")
IN_CARTS = _("The lines are in your cart.")
SAVED = _("Saved.")

#: For `done=` of pages whose table has saved views.
VIEWS = {"KeepView": _("The view is saved."), "DropView": _("The view is deleted.")}
