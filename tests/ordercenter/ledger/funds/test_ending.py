"""Who holds what ends soon is told of it, once for each end."""

from datetime import timedelta
from decimal import Decimal

from django.utils import translation

from marketplace.core.clock import database_now
from marketplace.core.models import OutboxEvent
from ordercenter.ledger.funds.ending import tell
from ordercenter.ledger.funds.models import FundGrant, FundSettings
from ordercenter.ledger.funds.notifications import of_endings, text
from tests.ordercenter.ledger.funds.purse import SYSTEM, Purse


def told() -> list[OutboxEvent]:
    return list(OutboxEvent.objects.filter(kind="fund.ending").order_by("pk"))


def test_what_ends_within_the_days_of_notice_is_told_once_an_account(purse: Purse):
    now = database_now()
    purse.grant("rebate", 100, ends=now + timedelta(days=5))
    purse.grant("rebate", 20, ends=now + timedelta(days=13))
    purse.grant("rebate", 7, ends=now + timedelta(days=15))
    purse.grant("cash", 500)
    assert tell(SYSTEM) == 1
    assert tell(SYSTEM) == 0
    (event,) = told()
    assert Decimal(event.payload["amount"]) == 120
    assert event.organizations == [purse.seller.pk, purse.buyer.downstream_id]
    (hearing,) = of_endings([event])
    assert (hearing.organization_id, hearing.permission) == (purse.buyer.downstream_id, "funds.view")
    for language, words in (("en", "Rebate balance"), ("zh-hans", "返利")):
        with translation.override(language):
            assert "CNY 120.00" in text(hearing.data).title and words in text(hearing.data).title


def test_an_end_that_is_put_off_is_told_anew_and_what_is_promised_is_not(purse: Purse):
    now = database_now()
    grant = purse.grant("rebate", 50, ends=now + timedelta(days=5))
    assert tell(SYSTEM) == 1
    FundGrant.objects.filter(pk=grant.pk).update(restored_to=now + timedelta(days=9))
    assert tell(SYSTEM) == 1 and tell(SYSTEM) == 0
    FundGrant.objects.filter(pk=grant.pk).update(restored_to=now + timedelta(days=10))
    purse.reserve(purse.order(("A", 1)), rebate=50)
    assert tell(SYSTEM) == 0


def test_a_seller_settles_how_long_before_and_whether_at_all(purse: Purse):
    settings = FundSettings.objects.create(organization=purse.seller, notice_days=0)
    purse.grant("rebate", 50, ends=database_now() + timedelta(days=5))
    assert tell(SYSTEM) == 0
    settings.notice_days = 5
    settings.save()
    assert tell(SYSTEM) == 1
