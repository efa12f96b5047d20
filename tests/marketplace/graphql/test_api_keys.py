"""API keys: a program acts with a role until the key ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.core.errors import CoreErrorCode
from marketplace.core.outbox import dispatch_all
from marketplace.graphql import execute, to_global_id
from marketplace.graphql.api_keys import actor_of_key, create_key, revoke_key
from marketplace.graphql.models import ApiKey
from marketplace.notifications.models import Notification
from marketplace.notifications.reading import text_of
from marketplace.parties.custom_roles import delete_role
from marketplace.parties.models import Organization, OrganizationStatus, Role, User
from tests.factories import actor_of, make_actor, make_member, make_organization
from tests.ordercenter.orders.shop import Shop
from tests.refusals import raises
from tests.statements import count_sql

pytestmark = pytest.mark.django_db

CREATE = """mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) {
    apiKey { id name prefix status role { code } createdBy { displayName } } secret errors { field code } } }"""


@pytest.fixture
def seller():
    return make_organization("Xinghe Home")


@pytest.fixture
def owner(seller):
    return make_actor(seller, "seller_owner")


def role_of(organization: Organization, preset: str = "seller_sales") -> Role:
    return Role.objects.get(organization=organization, preset=preset)


def asked(key: str, text: str = "{ partnerGroups { code } }") -> dict:
    """What a program is answered that sends the key."""
    return (
        Client()
        .post("/graphql/", {"query": text}, content_type="application/json", headers={"Authorization": f"Bearer {key}"})
        .json()
    )


def test_a_key_opens_what_its_role_opens(owner, seller):
    key = create_key(owner, "ERP", role_of(seller).pk).secret
    assert asked(key)["data"] == {"partnerGroups": []}
    assert asked(key, "{ auditLog { totalCount } }")["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"


def test_the_secret_is_shown_once_and_kept_nowhere(owner, seller):
    role = to_global_id("Role", role_of(seller).pk)
    answer = execute(CREATE, {"input": {"name": "ERP", "role": role}}, actor=owner).data["apiKeyCreate"]
    assert answer["errors"] == [] and answer["secret"].startswith(f"entrepot_{answer['apiKey']['prefix']}_")
    assert answer["secret"] not in str(ApiKey.objects.values().get())
    listed = execute("{ apiKeys { nodes { name lastUsedAt status } } }", {}, actor=owner).data["apiKeys"]["nodes"]
    assert listed == [{"name": "ERP", "lastUsedAt": None, "status": "ACTIVE"}]


def test_a_key_ends_when_it_is_revoked_or_over(owner, seller):
    first, second = create_key(owner, "One", role_of(seller).pk), create_key(owner, "Two", role_of(seller).pk)
    revoke_key(owner, first.row.pk)
    ApiKey.objects.filter(pk=second.row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for key in (first.secret, second.secret, "entrepot_00000000_nothing"):
        assert asked(key)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    text = "{ apiKeys(filter: {revoked: true}) { nodes { name status } } }"
    assert execute(text, {}, actor=owner).data["apiKeys"]["nodes"] == [{"name": "One", "status": "REVOKED"}]


def test_nobody_makes_a_key_that_may_do_more_than_they(owner, seller):
    clerk = make_member(seller)
    weak = Role.objects.create(
        organization=seller, code="keys", name_en="Keys", permissions=["api_keys.manage", "partners.view"]
    )
    clerk.roles.set([weak])
    with raises(CoreErrorCode.PERMISSION_DENIED, field="role"):
        create_key(actor_of(clerk), "ERP", role_of(seller, "seller_owner").pk)
    assert create_key(actor_of(clerk), "ERP", weak.pk)
    with raises(CoreErrorCode.NOT_FOUND, field="role"):
        create_key(owner, "ERP", role_of(make_organization("Other")).pk)
    with raises(CoreErrorCode.INVALID, field="expires_at"):
        create_key(owner, "ERP", weak.pk, timezone.now())
    with raises(CoreErrorCode.IN_USE):
        delete_role(owner, weak.pk)


def test_its_use_is_noted_once_a_minute_and_costs_one_statement(owner, seller):
    key = create_key(owner, "ERP", role_of(seller).pk).secret
    actor_of_key(key)
    seen = ApiKey.objects.get().last_used_at
    assert seen is not None
    with count_sql() as counter:
        actor = actor_of_key(key)
    assert counter.count == 1 and actor.user.name == "ERP"
    assert ApiKey.objects.get().last_used_at == seen


def test_a_key_is_no_person_who_could_sign_in(owner, seller):
    create_key(owner, "ERP", role_of(seller).pk)
    doer = User.objects.get(name="ERP")
    assert not doer.is_active and not doer.has_usable_password() and not doer.memberships.exists()


def test_a_suspended_organizations_key_only_reads_and_a_closed_ones_opens_nothing(owner, seller):
    key = create_key(owner, "ERP", role_of(seller).pk).secret
    Organization.objects.filter(pk=seller.pk).update(status=OrganizationStatus.SUSPENDED)
    assert not actor_of_key(key).may("orders.confirm") and actor_of_key(key).may("partners.view")
    Organization.objects.filter(pk=seller.pk).update(status=OrganizationStatus.CLOSED)
    assert actor_of_key(key) is None


def test_keys_of_others_are_not_there(owner, seller):
    made = create_key(owner, "ERP", role_of(seller).pk).row
    other = make_actor(make_organization("Other"), "seller_owner")
    assert execute("{ apiKeys { totalCount } }", {}, actor=other).data["apiKeys"]["totalCount"] == 0
    with raises(CoreErrorCode.NOT_FOUND):
        revoke_key(other, made.pk)


def test_a_program_orders_in_the_name_of_its_key():
    shop = Shop()
    shop.sells("ABC", "10", 50)
    dealer = shop.buyer.downstream
    key = create_key(shop.dealer, "ERP", role_of(dealer, "dealer_buyer").pk).secret
    order = shop.order(("ABC", 2), actor=actor_of_key(key))
    dispatch_all()
    assert [text_of(row).title for row in Notification.objects.filter(user=shop.dealer.user_id)] == [
        f"ERP placed order {order.number}"
    ]
    shown = '{ auditLog(filter: {kind: ["order.placed"]}) { nodes { actorName documentName } } }'
    entry = execute(shown, {}, actor=shop.dealer).data["auditLog"]["nodes"][0]
    assert entry == {"actorName": "ERP", "documentName": order.number}
