"""The small things every room stands on: windows, clearance, states, permissions, append-only tables, locks, names."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.catalog.models import Listing
from marketplace.core.actor import Actor
from marketplace.core.append_only import FUNCTION, AppendOnly
from marketplace.core.clock import database_now
from marketplace.core.errors import CoreErrorCode, DomainError, DomainErrors, raise_all
from marketplace.core.instants import BEGINNING, FOREVER, InstantField, in_force, or_none
from marketplace.core.names import localized
from marketplace.core.permissions import declared_permissions, preset_permissions, reading
from marketplace.core.rows import grouped
from marketplace.core.states import Transition, TransitionTable
from marketplace.graphql.clearance import NotCleared, require_cleared
from marketplace.parties.models import Address, Organization, Partnership
from marketplace.parties.roles import RolePreset
from tests.factories import make_actor, make_address, make_organization, make_partnership
from tests.refusals import raises

WINDOW = """
CREATE TEMPORARY TABLE test_window (id serial PRIMARY KEY, valid_from timestamptz, valid_to timestamptz) ON COMMIT DROP
"""


class Window(models.Model):
    """A table of this test's own with a window."""

    valid_from = InstantField(default=BEGINNING)
    valid_to = InstantField(default=FOREVER)

    class Meta:
        managed = False
        app_label = "core_tests"
        db_table = "test_window"


instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))


@pytest.fixture
def window_table(db):
    with connection.cursor() as cursor:
        cursor.execute(WINDOW)


def test_open_ends_are_infinities_in_the_database_and_come_back(window_table):
    Window.objects.create()
    with connection.cursor() as cursor:
        cursor.execute("SELECT valid_from = '-infinity' AND valid_to = 'infinity' FROM test_window")
        assert cursor.fetchone() == (True,)
    kept = Window.objects.get()
    assert (kept.valid_from, kept.valid_to) == (BEGINNING, FOREVER)
    assert (or_none(kept.valid_from), or_none(timezone.now()) is None) == (None, False)
    assert Window.objects.filter(valid_to=FOREVER, valid_from=BEGINNING).count() == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=instants, length=st.timedeltas(timedelta(microseconds=1), timedelta(days=9000)), at=instants)
def test_a_window_holds_its_start_and_not_its_end(window_table, start, length, at):
    end = FOREVER if start > datetime(9970, 1, 1, tzinfo=UTC) else start + length
    Window.objects.all().delete()
    kept = Window.objects.create(valid_from=start, valid_to=end)
    kept.refresh_from_db()
    assert (kept.valid_from, kept.valid_to) == (start, end)
    assert Window.objects.filter(in_force(start)).exists()
    assert not Window.objects.filter(in_force(end)).exists()
    assert Window.objects.filter(in_force(at)).exists() == (start <= at < end)


def test_many_windows_are_written_at_once_open_or_not(window_table):
    now = timezone.now()
    Window.objects.bulk_create([Window(), Window(valid_from=now), Window(valid_to=now)])
    assert Window.objects.filter(in_force(now)).count() == 2


def test_an_empty_window_is_refused_by_the_database(db):
    names = {rule.name for rule in Listing._meta.constraints}
    assert any("window" in name for name in names), names


def test_the_clock_is_the_databases_and_stands_still_in_a_transaction(db):
    first = database_now()
    assert first.tzinfo is not None
    assert database_now() == first


def test_rows_that_nobody_checked_do_not_leave_the_kernel(db):
    actor = make_actor(make_organization())
    with pytest.raises(NotCleared):
        require_cleared(Address.objects.all())
    with pytest.raises(NotCleared):
        require_cleared(Address.objects.filter(city="x").order_by("pk"))
    for rows in (
        Address.objects.visible_to(actor),
        Address.objects.visible_to(actor).filter(city="x").exclude(pk=1).order_by("pk")[:5],
        Address.objects.visible_to(Actor.anonymous()),
        Address.objects.all().cleared(),
    ):
        assert require_cleared(rows) is rows


def test_the_owner_sees_its_rows_and_nobody_else_does(db):
    seller = make_organization()
    partnership = make_partnership(seller)
    mine, theirs = make_address(seller), make_address(partnership.downstream)
    owner = make_actor(seller)
    viewing = Actor(owner.user, seller, owner.membership, frozenset(), partnership.downstream)
    seen = {
        "owner": (owner, [mine]),
        "dealer": (make_actor(partnership.downstream), [theirs]),
        "partner's view": (viewing, []),
        "nobody": (Actor.anonymous(), []),
        "nowhere": (Actor(owner.user), []),
        "system there": (Actor.system(seller), [mine]),
        "system": (Actor.system(), [mine, theirs]),
    }
    for name, (actor, rows) in seen.items():
        assert list(Address.objects.visible_to(actor).order_by("pk")) == rows, name


def test_a_partners_view_shows_one_partnership(db):
    seller = make_organization()
    one, _other = make_partnership(seller, "One"), make_partnership(seller, "Other")
    viewing = Actor(make_actor(seller).user, seller, None, frozenset(), one.downstream)
    assert list(Partnership.objects.visible_to(viewing)) == [one]
    assert set(Organization.objects.visible_to(viewing)) == {seller, one.downstream}


def test_rows_are_grouped_in_the_order_of_the_keys(db):
    seller, other = make_organization(), make_organization("Other")
    rows = [make_address(seller), make_address(other), make_address(seller)]
    assert grouped(rows, "organization_id", [other.pk, 0, seller.pk]) == [[rows[1]], [], [rows[0], rows[2]]]


class Light(models.TextChoices):
    RED = "red", "Red"
    GREEN = "green", "Green"


def test_only_the_moves_of_the_table_happen():
    table = TransitionTable([Transition("go", Light.RED, Light.GREEN)])
    assert table.target("go", "red") == Light.GREEN
    assert not table.allows("go", "green")
    with raises(CoreErrorCode.INVALID_TRANSITION, field="status", index=3):
        table.target("go", "green", 3)


def test_all_problems_are_raised_at_once():
    raise_all([])
    problems = [DomainError(CoreErrorCode.INVALID, "a"), DomainError(CoreErrorCode.REQUIRED, "b")]
    with pytest.raises(DomainErrors, match="INVALID: a; REQUIRED: b") as caught:
        raise_all(iter(problems))
    assert caught.value.errors == problems


def test_a_permission_is_needed_and_the_system_has_all():
    Actor.system().require("anything.at_all")
    with raises(CoreErrorCode.PERMISSION_DENIED):
        Actor.anonymous().require("partners.view")


def test_every_preset_that_a_permission_names_exists_and_every_preset_grants_something():
    known = {preset.value for preset in RolePreset}
    for permission in declared_permissions().values():
        assert set(permission.presets) <= known, permission.code
    assert all(preset_permissions(preset) for preset in known)
    for code, permission in declared_permissions().items():
        assert str(permission.label), code
        if code.endswith((".view", ".browse")):
            assert permission.reads, f"{code} changes nothing: say reads=True"


def test_reading_codes_change_nothing():
    everything = declared_permissions()
    assert not [code for code in reading(everything) if code.endswith((".manage", ".place", ".confirm", ".ship"))]


def test_an_append_only_table_refuses_change_and_deletion(db):
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION)
        cursor.execute("CREATE TABLE test_ledger (id int, amount int)")
        cursor.execute(AppendOnly("test_ledger").sql)
        cursor.execute("INSERT INTO test_ledger VALUES (1, 10)")
        for statement in ("UPDATE test_ledger SET amount = 11", "DELETE FROM test_ledger"):
            with pytest.raises(DatabaseError, match="test_ledger is append-only"), transaction.atomic():
                cursor.execute(statement)
        cursor.execute("SELECT amount FROM test_ledger")
        assert cursor.fetchall() == [(10,)]
        cursor.execute("DROP TABLE test_ledger")


def test_an_append_only_table_grants_no_change_even_to_the_role_that_made_it(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE test_keeper")
        cursor.execute("GRANT CREATE ON SCHEMA public TO test_keeper")
        cursor.execute("SET LOCAL ROLE test_keeper")
        cursor.execute("CREATE TABLE test_ledger (id int, amount int)")
        cursor.execute(AppendOnly("test_ledger").sql)
        cursor.execute("INSERT INTO test_ledger VALUES (1, 10)")
        cursor.execute("ALTER TABLE test_ledger DISABLE TRIGGER USER")
        for statement in ("UPDATE test_ledger SET amount = 11", "DELETE FROM test_ledger"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)


def test_a_name_is_read_in_the_readers_language_or_the_other():
    with override("zh-hans"):
        assert (localized("锅", "Pot"), localized("", "Pot")) == ("锅", "Pot")
    with override("en"):
        assert (localized("锅", "Pot"), localized("锅", "")) == ("Pot", "锅")


def test_an_organization_is_not_its_own_partner_even_by_sql(db):
    seller = make_organization()
    with pytest.raises(IntegrityError, match="partnership_two_sides"), transaction.atomic():
        Partnership.objects.create(upstream=seller, downstream=seller, code="X", currency="CNY")


def test_every_app_names_itself():
    for config in apps.get_app_configs():
        if config.name.startswith(("marketplace.", "ordercenter.", "integrations.")):
            assert str(config.verbose_name), config.name
