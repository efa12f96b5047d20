"""With whom the seller trades."""

from django.urls import path

from storefront.page import page

partners = page("partners/partners", then={"ViewAs": "/home/"})

urlpatterns = [path("office/partners/", partners, name="partners")]
