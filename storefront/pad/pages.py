"""Quick order: a sheet that is typed or pasted."""

from django.urls import path

from storefront.page import page

pad = page("pad/pad")

urlpatterns = [path("orders/new/", pad, name="pad")]
