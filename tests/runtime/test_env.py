import pytest

from marketplace.env import EnvironmentProblem, database_settings, read_environment


def test_without_a_variable_the_defaults_hold():
    environment = read_environment({})
    assert environment["ENTREPOT_PORT"] == 8000
    assert environment.public_url == "http://127.0.0.1:8000"
    assert not environment.production


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("ENTREPOT_PORT", "eighty", "ENTREPOT_PORT is 'eighty': give a whole number from 1 to 65535."),
        ("ENTREPOT_PORT", "70000", "ENTREPOT_PORT is '70000': give a whole number from 1 to 65535."),
        ("ENTREPOT_DEBUG", "maybe", "ENTREPOT_DEBUG is 'maybe': give 1 or 0."),
        ("DATABASE_URL", "mysql://localhost/x", "give an address that starts with postgresql:// or postgres://."),
        ("DATABASE_URL", "postgresql://localhost", "name the database at its end"),
        ("DATABASE_URL", "postgresql://localhost:99999/x", "its port is not a number"),
        ("REDIS_URL", "localhost:6379", "redis:// or rediss:// or unix://"),
        ("ENTREPOT_REDIS_PREFIX", "a b", "give up to 64 letters, digits and the signs"),
        ("ENTREPOT_TIME_ZONE", "Moon/Base", "give a zone by its name"),
        ("ENTREPOT_SECRET_KEY", "short", "give at least 32 characters"),
        ("ENTREPOT_PUBLIC_URL", "http://host/path", "scheme and host only"),
    ],
)
def test_a_wrong_value_is_told_with_what_to_do(name, value, advice):
    with pytest.raises(EnvironmentProblem) as problem:
        read_environment({name: value})
    assert advice in str(problem.value)


def test_all_wrong_values_are_told_at_once():
    with pytest.raises(EnvironmentProblem) as problem:
        read_environment({"ENTREPOT_PORT": "0", "ENTREPOT_DEBUG": "x"})
    assert len(str(problem.value).splitlines()) == 2


def test_a_message_never_shows_a_password():
    with pytest.raises(EnvironmentProblem) as problem:
        read_environment({"DATABASE_URL": "mysql://me:hunter2@host/db", "ENTREPOT_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(problem.value)


def test_https_needs_a_shared_signing_key():
    with pytest.raises(EnvironmentProblem, match="ENTREPOT_SECRET_KEY is not set"):
        read_environment({"ENTREPOT_PUBLIC_URL": "https://orders.example.com"})


def test_an_address_of_a_socket_and_one_of_a_host_are_read():
    socket = database_settings("postgresql://me@/entrepot?host=/run/pg")
    assert (socket["NAME"], socket["USER"], socket["HOST"], socket["PORT"]) == ("entrepot", "me", "/run/pg", "")
    host = database_settings("postgresql://me:p%40ss@db:6000/entrepot?sslmode=require")
    assert (host["PASSWORD"], host["PORT"], host["OPTIONS"]) == ("p@ss", "6000", {"sslmode": "require"})
