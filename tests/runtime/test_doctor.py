"""What `entrepot doctor` sees."""

import builtins
import sys

import pytest
from django.conf import settings

from marketplace.runtime import doctor
from marketplace.runtime.doctor import Level


def test_a_misspelt_setting_is_told_with_the_right_one(monkeypatch):
    monkeypatch.setenv("ENTREPOT_PROT", "8001")
    found = {finding.what: finding for finding in doctor.variables(settings.ENVIRONMENT)}
    assert found["ENTREPOT_PROT"].level == Level.BAD
    assert found["ENTREPOT_PROT"].advice == "Did you mean ENTREPOT_PORT?"


@pytest.mark.django_db
def test_database_and_redis_are_told_with_their_versions():
    found = {finding.what: finding for finding in [*doctor.postgres(), *doctor.redis_server()]}
    assert found["PostgreSQL"].level == found["Redis"].level == found["Migrations"].level == Level.OK
    assert found["Outbox"].state == "nothing waits"


def test_more_connections_than_the_database_takes_are_told():
    assert doctor.connections(most=12).level == Level.BAD
    assert doctor.connections(most=120).level == Level.OK


def test_a_machine_that_cannot_make_pdf_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr(builtins, "__import__", without_pango(builtins.__import__))
    found = doctor.papers()
    assert (found.level, "libpango" in found.state, "apt install" in found.advice) == (Level.NOTE, True, True)


def without_pango(real):
    def load(name, *given, **more):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *given, **more)

    return load
