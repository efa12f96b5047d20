"""The goods a seller keeps and lists, and what they are sorted by."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.sheets import Sheet
from storefront.words import SAVED

PRODUCTS = {
    "defaultVariant.sku": _("SKU"),
    "name": _("Product"),
    "brand.name": _("Brand"),
    "category.name": _("Category"),
    "variantCount": _("Variants"),
    "statusLabel": _("Status"),
    "listingStatusLabel": _("Listing"),
    "listedFrom": _("Listed from"),
    "listedTo": _("Listed until"),
    "taxRate": _("Tax rate"),
    "updatedAt": _("Changed"),
}
CHANGED = _("%(products.count)s products changed.")

products = page(
    "products/products",
    then={"Create": "/office/products/%(product.id)s/"},
    done={
        "Create": _("%(product.name)s is created."),
        **dict.fromkeys(("List", "Delist", "Assign", "Retire"), CHANGED),
    },
    export=Sheet("products", PRODUCTS, _("Products")),
)
product_edit = page(
    "products/product",
    needs="product",
    parts={"combinations", "standing", "history"},
    then={"ViewAs": "/catalog/%(id)s/"},
    done={
        "Generate": _("%(variants.count)s variants made."),
        **dict.fromkeys(("Save", "List", "AddVariant", "AddMedia", "SayMedia", "AddDocument"), SAVED),
        **dict.fromkeys(("RemoveMedia", "RemoveDocument"), _("Removed.")),
    },
)
variant = page(
    "products/variant", needs="variant", parts={"drawer"}, done=dict.fromkeys(("WritePacks", "WriteRules"), SAVED)
)
sheet = page("products/sheet", size=100)
brands = page(
    "products/brands",
    done={
        **dict.fromkeys(("Save", "SetLogo"), SAVED),
        "Merge": _("Merged into %(brand.name)s."),
        "Delete": _("Deleted."),
    },
)
categories = page(
    "products/categories",
    parts={"tree"},
    done={**dict.fromkeys(("Save", "Place", "Define"), SAVED), "Delete": _("Deleted.")},
)
product_import = page("products/product_import", needs="job", parts={"job"})

urlpatterns = [
    path("office/products/", products, name="products"),
    path("office/products/sheet/", sheet, name="product_sheet"),
    path("office/products/variants/<str:id>/", variant, name="variant_edit"),
    path("office/products/brands/", brands, name="brands"),
    path("office/products/categories/", categories, name="categories"),
    path("office/products/<str:id>/", product_edit, name="product_edit"),
    path("office/imports/products/<str:id>/", product_import, name="product_import"),
]
