"""Which address goes to which room."""

from django.urls import URLPattern, URLResolver, include, path

from marketplace.runtime.health import health
from marketplace.runtime.media import picture

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("media/products/<path:name>", picture, name="picture"),  # nothing else that is uploaded is public
    path("", include("marketplace.graphql.urls")),
    path("", include("marketplace.parties.urls")),
    path("", include("marketplace.catalog.urls")),
    path("", include("marketplace.attachments.views")),
    path("", include("ordercenter.pricing.urls")),
    path("", include("ordercenter.contracts.urls")),
    path("", include("suppliers.sourcing.views")),
    path("", include("integrations.stripe.urls")),
    path("", include("storefront.urls")),
]
