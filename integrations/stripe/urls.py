"""Where Stripe reaches us."""

from django.urls import path

from integrations.stripe.webhook import stripe_webhook

urlpatterns = [path("hooks/stripe/<str:place>/", stripe_webhook, name="stripe_webhook")]
