"""Where a buyer begins."""

from django.urls import path

from storefront.page import page
from storefront.words import IN_CART

home = page("home/home", done={"AddToCart": IN_CART})

urlpatterns = [path("home/", home, name="home")]
