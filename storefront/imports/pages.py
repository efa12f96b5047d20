"""Files that become goods and prices."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page

imports = page(
    "imports/imports",
    then={
        "StartProducts": "/office/imports/products/%(productImport.id)s/",
        "StartPrices": "/office/imports/prices/%(priceImport.id)s/",
    },
    done={"Revert": _("The prices before the import hold again.")},
)

urlpatterns = [path("office/imports/", imports, name="imports")]
