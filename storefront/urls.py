"""Addresses of the pages."""

from django.urls import path

from storefront import pages, session

urlpatterns = [
    path("", session.index, name="index"),
    path("session/language/", session.set_language, name="set_language"),
    path("session/theme/", session.set_theme, name="set_theme"),
    path("session/organization/", session.select_organization, name="select_organization"),
    path("session/partner-view/stop/", session.stop_partner_view, name="stop_partner_view"),
    path("session/cart-badge/", session.cart_badge, name="cart_badge"),
    path("home/", pages.home, name="home"),
    path("catalog/", pages.catalog, name="catalog"),
    path("catalog/<str:id>/", pages.product, name="product"),
    path("orders/", pages.orders, name="orders"),
    path("orders/new/", pages.pad, name="pad"),
    path("orders/<str:id>/", pages.order, name="order"),
    path("carts/", pages.carts, name="carts"),
    path("checkout/<str:id>/", pages.checkout, name="checkout"),
    path("lists/", pages.saved_lists, name="saved_lists"),
    path("lists/<str:id>/", pages.saved_list, name="saved_list"),
    path("office/", pages.office, name="office"),
    path("office/orders/", pages.inbox, name="inbox"),
    path("office/partners/", pages.partners, name="partners"),
    path("office/products/", pages.products, name="products"),
    path("office/products/<str:id>/", pages.product_edit, name="product_edit"),
    path("office/prices/", pages.price_lists, name="price_lists"),
    path("office/prices/<str:id>/", pages.price_list, name="price_list"),
    path("office/stock/", pages.stock, name="stock"),
    path("office/stock/moves/", pages.stock_moves, name="stock_moves"),
    path("office/imports/", pages.imports, name="imports"),
    path("office/imports/products/<str:id>/", pages.product_import, name="product_import"),
    path("office/imports/prices/<str:id>/", pages.price_import, name="price_import"),
    path("profile/", pages.profile, name="profile"),
]
