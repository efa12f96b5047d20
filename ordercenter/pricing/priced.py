"""Which of one's products have a price at all."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from marketplace.core.actor import Actor
from marketplace.core.models import PolicyStatus
from ordercenter.pricing.models import PriceRow


def products_priced(actor: Actor) -> Q:
    """A condition for products: a row of one of the actor's lists in effect holds now for one of their variants."""
    rows = PriceRow.objects.filter(
        variant__product=OuterRef("pk"),
        organization=actor.organization_id,
        valid_from__lte=Now(),
        valid_to__gt=Now(),
        price_list__status=PolicyStatus.EFFECTIVE,
        price_list__valid_from__lte=Now(),
        price_list__valid_to__gt=Now(),
    )
    return Q(Exists(rows))
