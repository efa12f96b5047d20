"""Price lists and how they are filled."""

from django.urls import path

from storefront.page import page
from storefront.words import SAVED

price_lists = page("prices/price_lists", then={"Create": "/office/prices/%(priceList.id)s/"}, done={"Create": SAVED})
price_list = page(
    "prices/price_list",
    needs="priceList",
    size=50,
    done=dict.fromkeys(("WriteRow", "EndRows", "Submit", "Pause"), SAVED),
)
price_import = page("prices/price_import", needs="job", parts={"job"})

urlpatterns = [
    path("office/prices/", price_lists, name="price_lists"),
    path("office/prices/<str:id>/", price_list, name="price_list"),
    path("office/imports/prices/<str:id>/", price_import, name="price_import"),
]
