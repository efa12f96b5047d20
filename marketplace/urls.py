"""Which address goes to which room. A room that serves addresses of its own has a `urls.py` and its line here."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from marketplace.runtime.health import health

urlpatterns: list[URLPattern | URLResolver] = [path("health/", health, name="health")]
urlpatterns += [
    path("", include(module))
    for module in ("marketplace.graphql.urls", "marketplace.parties.urls", "storefront.urls")
    if module.rpartition(".")[0] in settings.INSTALLED_APPS and find_spec(module)
]
