"""What the audit log calls an account at Stripe."""

from marketplace.core.changes import audited

audited("stripe_account", "stripe.StripeAccount", "Stripe")
