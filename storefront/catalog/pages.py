"""What a buyer may order: the catalogue and one product."""

from django.urls import path

from storefront.page import page
from storefront.words import IN_CART

catalog = page("catalog/catalog", parts={"results"}, size=24, done={"AddToCart": IN_CART})
product = page("catalog/product", needs="product", parts={"why"}, done={"AddToCart": IN_CART})

urlpatterns = [
    path("catalog/", catalog, name="catalog"),
    path("catalog/<str:id>/", product, name="product"),
]
