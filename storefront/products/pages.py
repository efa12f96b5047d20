"""The goods a seller keeps and lists."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.words import SAVED

products = page(
    "products/products",
    then={"Create": "/office/products/%(product.id)s/"},
    done={"List": SAVED, "Create": _("%(product.name)s is created.")},
)
product_edit = page(
    "products/product",
    needs="product",
    done=dict.fromkeys(("Save", "SaveVariant", "List", "AddMedia", "RemoveMedia"), SAVED),
)
product_import = page("products/product_import", needs="job", parts={"job"})

urlpatterns = [
    path("office/products/", products, name="products"),
    path("office/products/<str:id>/", product_edit, name="product_edit"),
    path("office/imports/products/<str:id>/", product_import, name="product_import"),
]
