"""Execution inside the process, for pages: the session's actor, the same permissions, mutations by POST only."""

import pytest
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from marketplace.graphql import execute_document
from marketplace.graphql.authentication import act_for, actor_of_request, view_as
from marketplace.parties.models import Address, Membership

pytestmark = pytest.mark.django_db

WHO = "{ addresses { nodes { contact } } }"


@pytest.fixture
def visit(shop):
    """A request of a signed-in member, as middleware leaves it."""

    def request_of(member=None, method="get"):
        request = getattr(RequestFactory(), method)("/")
        request.session = SessionStore()
        if member is not None:
            login(request, member.user, backend="django.contrib.auth.backends.ModelBackend")
            request.session["organization"] = member.organization_id
        return request

    return request_of


def contacts(request):
    return [row["contact"] for row in execute_document(request, WHO).data["addresses"]["nodes"]]


def test_a_page_reads_as_the_sessions_actor(visit, people):
    assert contacts(visit(people.owner)) == ["C Seller"]
    assert contacts(visit()) == []


def test_a_page_is_told_what_it_may_not_read(visit, people):
    result = execute_document(visit(), "{ partnerships { totalCount } }")
    assert result.codes == {"UNAUTHENTICATED"}
    assert result.errors[0].path == ["partnerships"]
    assert execute_document(visit(), "{ nonsense }").codes == {"GRAPHQL_VALIDATION_FAILED"}


def test_a_page_writes_by_post_only(visit, people):
    text = 'mutation { addressesCreate(input: [{contact: "Ann"}]) { errors { code } } }'
    assert execute_document(visit(people.owner), text).codes == {"BAD_REQUEST"}
    assert not Address.objects.filter(contact="Ann").exists()
    result = execute_document(visit(people.owner, "post"), text)
    assert result.data == {"addressesCreate": {"errors": []}}


def test_a_session_acts_for_one_of_the_users_organizations(visit, people):
    Membership.objects.create(user=people.owner.user, organization=people.dealers[0])
    request = visit(people.owner)
    act_for(request, people.dealers[0].pk)
    assert contacts(request) == ["C Alpha"]
    act_for(request, people.stranger.pk)  # no seat there: the session falls back on one that is
    assert actor_of_request(request).organization != people.stranger


def test_in_a_partners_view_nothing_is_changed(visit, people):
    request = visit(people.owner, "post")
    actor = view_as(request, people.dealers[0].pk)
    assert actor.on_behalf_of == people.dealers[0]
    text = 'mutation { addressesCreate(input: [{contact: "Ann"}]) { errors { code } } }'
    result = execute_document(request, text)
    assert result.errors or result.data["addressesCreate"]["errors"] == [{"code": "READ_ONLY"}]
    assert not Address.objects.filter(contact="Ann").exists()
    assert view_as(request, None).on_behalf_of is None


def test_a_changed_password_ends_the_session(visit, people):
    request = visit(people.owner)
    assert contacts(request) == ["C Seller"]
    people.owner.user.set_password("something else entirely")
    people.owner.user.save()
    request._entrepot_actor = None
    assert contacts(request) == []


def test_the_session_of_a_browser_reads_by_post_with_its_token(http, people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.dealer.user)
    client.get("/graphql/", headers={"Accept": "text/html"})
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert http(WHO, client=client, **headers).answer["data"]["addresses"]["nodes"] == [{"contact": "C Alpha"}]
