"""Addresses of the pages; every area says its own in its `pages.py`."""

from importlib import import_module

from django.urls import include, path

from storefront import palette, pwa, session

AREAS = (
    "home",
    "catalog",
    "pad",
    "carts",
    "print",
    "invoices",
    "orders",
    "office",
    "partners",
    "bulletins",
    "products",
    "prices",
    "promotions",
    "rebates",
    "contracts",
    "finance",
    "funds",
    "payments",
    "stock",
    "credit",
    "awarding",
    "sourcing",
    "imports",
    "company",
    "invitations",
    "notices",
    "style",
)

urlpatterns = [
    path("", session.index, name="index"),
    path("session/language/", session.set_language, name="set_language"),
    path("session/theme/", session.set_theme, name="set_theme"),
    path("session/organization/", session.select_organization, name="select_organization"),
    path("session/partner-view/stop/", session.stop_partner_view, name="stop_partner_view"),
    path("session/cart-badge/", session.cart_badge, name="cart_badge"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("service-worker.js", pwa.service_worker, name="service_worker"),
    path("offline/", pwa.offline, name="offline"),
    path("favicon.ico", pwa.favicon, name="favicon"),
    path("palette/", palette.found, name="palette"),
    *(path("", include(import_module(f"storefront.{area}.pages"))) for area in AREAS),
]
