"""Signing in and out, passwords, second factor, sessions: allauth's own views. What is not offered is not here."""

from allauth.account import views
from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView

home = RedirectView.as_view(url=settings.LOGIN_REDIRECT_URL)
sign_in = RedirectView.as_view(url=settings.LOGIN_URL)

account = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # allauth's pages refer to these by name; nobody signs up, and the address is who one is.
    path("signup/", sign_in, name="account_signup"),
    path("email/", home, name="account_email"),
    path("password/set/", home, name="account_set_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]

urlpatterns = [path("accounts/", include(account))]
