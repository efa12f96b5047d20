"""What a buyer may order: the catalogue in three views, products side by side, and one product."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

from storefront.page import page
from storefront.words import IN_CART

VIEWS = ("grid", "list", "table")
MOST_COMPARED = 4

_catalog = page("catalog/catalog", parts={"rows", "prices"}, size=24, done={"AddToCart": IN_CART})
_compare = page("catalog/compare", done={"AddToCart": IN_CART})
product = page("catalog/product", needs="product", parts={"why"}, done={"AddToCart": IN_CART})


def catalog(request: HttpRequest) -> HttpResponseBase:
    """The catalogue in the view of the address, or the one the browser remembers; only the table asks for variants."""
    wanted = request.GET.get("view") or request.COOKIES.get("catalog-view", "")
    view = wanted if wanted in VIEWS else VIEWS[0]
    return _catalog(request, view=view, table=view == "table")


def compare(request: HttpRequest) -> HttpResponseBase:
    """Products side by side: those the address names, four at most; none where it names none."""
    ids = request.GET.getlist("ids")[:MOST_COMPARED]
    return _compare(request, filter={"ids": ids}, ids=ids)


urlpatterns = [
    path("catalog/", catalog, name="catalog"),
    path("catalog/compare/", compare, name="compare"),
    path("catalog/<str:id>/", product, name="product"),
]
