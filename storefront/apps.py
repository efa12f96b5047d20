"""The web pages: documents, templates and the frame around them; speaks GraphQL only."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StorefrontConfig(AppConfig):
    """Holds the static files and the catalogue of the pages."""

    name = "storefront"
    verbose_name = _("Pages")
