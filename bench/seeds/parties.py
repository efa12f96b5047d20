"""Partners for the benchmark: a seller that confirms by itself, and dealers in groups two levels deep and in grades."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from marketplace.core.actor import Actor
from marketplace.parties.models import Address, Membership, Organization, PartnerGrade, PartnerGroup, Role, User
from marketplace.parties.onboarding import OrganizationDraft, onboard_organization
from marketplace.parties.roles import create_preset_roles

# Rows of one dealer differ only by number; people and roles are made for the one dealer that signs in.
DEALERS = """
WITH made AS (
    INSERT INTO parties_organization
        (name, code, status, country, currency, time_zone, language, created_at, sells, buys)
    SELECT 'Bench dealer ' || n, 'bench-dealer-' || n, 'active', 'CN', 'CNY', 'Asia/Shanghai', 'en', now(), false, true
    FROM generate_series(1, %(dealers)s) AS n
    RETURNING id, split_part(code, '-', 3)::int AS n)
INSERT INTO parties_partnership (upstream_id, downstream_id, status, downstream_role, code, currency, group_id,
    grade_id, price_scope, short_policy, payment_method, payment_days, share_stock,
    status_reason, created_at)
SELECT %(seller)s, made.id, 'active', 'dealer', 'D' || made.n, 'CNY', (%(groups)s::bigint[])[1 + made.n %% %(leaves)s],
    (%(grades)s::bigint[])[1 + made.n %% 3], 'all', 'partial', 'on_account', 30, false, '', now()
FROM made
"""


@dataclass(frozen=True)
class Parties:
    """The seller, the dealer whose buyer signs in, and that buyer."""

    seller: Organization
    dealer: Organization
    buyer: User
    address: Address


def seed_parties(dealers: int) -> Parties:
    """One seller with `dealers` dealers; the first of them has a buyer and an address."""
    with transaction.atomic():
        seller = onboard_organization(Actor.system(), OrganizationDraft("Bench seller", "bench-seller"), "seller")
        groups = [leaf for n in range(4) for leaf in _branch(seller, n)]
        grades = [
            PartnerGrade.objects.create(organization=seller, code=code, name_en=code, position=n).pk
            for n, code in enumerate("ABC")
        ]
        values = {"dealers": dealers, "seller": seller.pk, "groups": groups, "leaves": len(groups), "grades": grades}
        with connection.cursor() as cursor:
            cursor.execute(DEALERS, values)
        dealer = Organization.objects.get(code="bench-dealer-1")
        return Parties(seller, dealer, _buyer(dealer), _address(dealer))


def _branch(seller: Organization, number: int) -> list[int]:
    root = PartnerGroup.objects.create(organization=seller, code=f"G{number}", name_en=f"Group {number}")
    root.ancestors = [root.pk]
    root.save()
    leaves = []
    for n in range(4):
        leaf = PartnerGroup.objects.create(
            organization=seller, code=f"G{number}{n}", name_en=f"Group {number}.{n}", parent=root, depth=1
        )
        leaf.ancestors = [root.pk, leaf.pk]
        leaf.save()
        leaves.append(leaf.pk)
    return leaves


def _buyer(dealer: Organization) -> User:
    create_preset_roles(dealer, ["dealer"])
    buyer = User.objects.create_user("buyer@bench.example", None, name="Bench buyer", language="en")
    seat = Membership.objects.create(organization=dealer, user=buyer)
    seat.roles.set(Role.objects.filter(organization=dealer, preset="dealer_buyer"))
    return buyer


def _address(dealer: Organization) -> Address:
    return Address.objects.create(
        organization=dealer, contact="Bench", city="Hangzhou", street="1 Bench Road", is_default=True
    )
