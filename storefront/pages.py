"""Every page in one line: where its document and template lie, what may be fetched alone, where its forms lead."""

from django.utils.translation import gettext_lazy as _

from storefront.page import page

IN_CART = _("In your cart with %(cart.seller.name)s: %(cart.lineCount)s lines.")
SAVED = _("Saved.")

home = page("home/home", done={"AddToCart": IN_CART})
catalog = page("catalog/catalog", parts={"results"}, size=24, done={"AddToCart": IN_CART})
product = page(
    "catalog/product",
    needs="product",
    parts={"why"},
    done={"AddToCart": IN_CART},
)

pad = page("orders/pad")
carts = page(
    "orders/carts",
    then={"SaveAsList": "/lists/%(savedList.id)s/"},
    done={"Snap": _("Quantities now fit their steps."), "Discard": _("The cart is empty."), "SaveAsList": SAVED},
)
checkout = page(
    "orders/checkout",
    needs="cart",
    then={"Place": "/orders/%(order.id)s/"},
    done={"Place": _("Order %(order.number)s is placed."), "AddAddress": _("The address is saved.")},
)
orders = page("orders/orders", then={"Reorder": "/carts/"}, done={"Reorder": _("The lines are in your cart.")})
order = page(
    "orders/order",
    needs="order",
    parts={"live", "ship", "receive", "change"},
    then={"Reorder": "/carts/", "SaveAsList": "/lists/%(savedList.id)s/"},
    done={
        "Confirm": _("The order is confirmed."),
        "Decline": _("The order is declined."),
        "Change": _("The change is in force."),
        "Cancel": _("The order is cancelled."),
        "Ship": _("Shipped as %(shipment.number)s."),
        "Receive": _("Received as %(receipt.number)s."),
        "Close": _("The order is closed."),
        "Reopen": _("The order is open again."),
        "Reorder": _("The lines are in your cart."),
        "SaveAsList": SAVED,
    },
)
saved_lists = page(
    "orders/saved_lists",
    then={"Create": "/lists/%(savedList.id)s/"},
    done={"Create": SAVED, "Delete": _("The list is deleted.")},
)
saved_list = page("orders/saved_list", needs="savedList", done={"Write": SAVED, "AddToCart": IN_CART})

office = page("office/home")
inbox = page("office/inbox", done={"BulkConfirm": _("%(orders.count)s orders confirmed.")})
partners = page("office/partners", then={"ViewAs": "/home/"})
products = page(
    "office/products",
    then={"Create": "/office/products/%(product.id)s/"},
    done={"List": SAVED, "Create": _("%(product.name)s is created.")},
)
product_edit = page(
    "office/product",
    needs="product",
    done=dict.fromkeys(("Save", "SaveVariant", "List", "AddMedia", "RemoveMedia"), SAVED),
)
price_lists = page("office/price_lists", then={"Create": "/office/prices/%(priceList.id)s/"}, done={"Create": SAVED})
price_list = page(
    "office/price_list",
    needs="priceList",
    size=50,
    done=dict.fromkeys(("WriteRow", "EndRows", "Submit", "Pause"), SAVED),
)
stock = page(
    "office/stock",
    size=50,
    done={"Adjust": _("The adjustment is posted."), "Receive": _("The receipt is posted."), "WriteWarehouse": SAVED},
)
stock_moves = page("office/stock_moves", size=50)
imports = page(
    "office/imports",
    parts={"jobs"},
    then={
        "StartProducts": "/office/imports/products/%(productImport.id)s/",
        "StartPrices": "/office/imports/prices/%(priceImport.id)s/",
    },
)
product_import = page("office/product_import", needs="job", parts={"job"})
price_import = page("office/price_import", needs="job", parts={"job"})
profile = page("profile/profile", done={"SaveProfile": SAVED})
