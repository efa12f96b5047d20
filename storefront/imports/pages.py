"""Files that become goods and prices."""

from django.urls import path

from storefront.page import page

imports = page(
    "imports/imports",
    parts={"jobs"},
    then={
        "StartProducts": "/office/imports/products/%(productImport.id)s/",
        "StartPrices": "/office/imports/prices/%(priceImport.id)s/",
    },
)

urlpatterns = [path("office/imports/", imports, name="imports")]
