"""One's own profile and company."""

from django.urls import path

from storefront.page import page
from storefront.words import SAVED

profile = page("company/profile", done={"SaveProfile": SAVED})

urlpatterns = [path("profile/", profile, name="profile")]
