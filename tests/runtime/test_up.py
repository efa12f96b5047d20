"""`entrepot up` as a user meets it: a real supervisor with real services in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

from marketplace.env import CHECKOUT
from marketplace.runtime.owner import service_owner
from marketplace.runtime.place import place_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
ROOT = os.geteuid() == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """A home folder and the `entrepot up` that is started in it."""

    def __init__(self, home):
        self.home = home
        self.place = place_of(home)
        self.port = free_port()
        self.running: list[subprocess.Popen] = []

    def environ(self, **more):
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("ENTREPOT_", "DATABASE_URL"))
        }
        inherited.pop("REDIS_URL", None)
        mine = {"ENTREPOT_HOME": str(self.home), "ENTREPOT_PORT": str(self.port), "ENTREPOT_DEMO": "none"}
        return {**inherited, **mine, **more, "PYTHONPATH": str(CHECKOUT), "COLUMNS": "300"}

    def start(self, **more):
        process = subprocess.Popen(
            [sys.executable, "-c", "from marketplace.cli import main; main()", "up"],
            env=self.environ(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.running.append(process)
        return process

    def refused(self, **more) -> str:
        """What a start says that has to end by itself; nobody else runs here meanwhile."""
        self.end()
        return self.told(**more)

    def told(self, **more) -> str:
        """What a start says that has to end by itself."""
        process = self.start(**more)
        text, _ = process.communicate(timeout=60)
        assert process.returncode == 1
        return text

    def up(self, seconds=150):
        """Start where none runs yet, and wait until the web server answers."""
        alive = [process for process in self.running if process.poll() is None]
        process = alive[0] if alive else self.start()
        deadline = time.monotonic() + seconds
        while not self.healthy():
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < deadline, "no answer"
            time.sleep(0.05)
        return process

    def healthy(self) -> bool:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5).status == 200
        except OSError:
            return False

    def end(self):
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)


def family(process):
    """Everything a supervisor started, once the slowest of it is there."""
    time.sleep(1.5)
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes, seconds=15) -> bool:
    return not psutil.wait_procs(processes, timeout=seconds)[1]


def named(processes, part):
    return next(each for each in processes if part in " ".join(each.cmdline()))


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """One for all tests here: tables are made once, and what a test leaves running serves the next."""
    installation = Installation(tmp_path_factory.mktemp("entrepot") / "var")
    yield installation
    installation.end()
    shutil.rmtree(installation.place.base, ignore_errors=True)


def test_it_answers_and_an_interrupt_leaves_no_process(installation):
    process = installation.up()
    children = family(process)
    for part in ("granian", "celery", "postgres", "redis"):
        assert named(children, part)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert gone(children)
    assert not installation.healthy()


def test_a_busy_port_is_told_with_its_user_and_a_way_out(installation):
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        told = installation.refused(ENTREPOT_PORT=str(port))
    assert f"Port {port} is taken by" in told
    assert f"(process {os.getpid()})" in told
    assert f"ENTREPOT_PORT={port + 1} make run" in told


def test_a_second_one_at_once_is_told_where_the_first_runs(installation):
    first = installation.up()
    told = installation.told(ENTREPOT_PORT=str(free_port()))
    assert "Entrepot already runs here" in told
    assert f"(process {first.pid})" in told
    assert f"http://127.0.0.1:{installation.port}" in told
    assert installation.healthy()


def test_after_a_kill_the_next_start_works_and_nothing_is_left(installation):
    process = installation.up()
    children = family(process)
    process.kill()
    process.wait()
    again = installation.up()
    assert gone(children)
    later = family(again)
    again.send_signal(signal.SIGTERM)
    assert again.wait(20) == 0
    assert gone(later)


def test_a_lock_file_whose_number_passed_to_a_stranger_is_no_obstacle(installation):
    installation.up()
    installation.end()
    lock = installation.place.pg / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{installation.place.pg}\n")
    owner = service_owner()
    os.chown(lock, owner.uid, owner.gid)
    assert installation.up()


@pytest.mark.parametrize("part", ["granian", "worker", "postgres"])
def test_what_crashes_is_started_again(installation, part):
    process = installation.up()
    victim = named(family(process), part)
    victim.kill()
    victim.wait(10)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children = psutil.Process(process.pid).children(recursive=True)
        if installation.healthy() and any(part in " ".join(each.cmdline()) for each in children if each.is_running()):
            return
        time.sleep(0.2)
    raise AssertionError("it stayed down")


@pytest.mark.skipif(not ROOT, reason="only root starts services as another user")
def test_started_as_root_the_services_are_not_roots(installation):
    children = family(installation.up())
    assert named(children, "postgres").uids().real == service_owner().uid != 0
    assert named(children, "redis").uids().real == service_owner().uid


def test_a_home_that_cannot_be_made_is_told(installation, tmp_path):
    (tmp_path / "file").write_text("")
    told = installation.refused(ENTREPOT_HOME=str(tmp_path / "file" / "var"))
    assert "cannot be written" in told
    assert "ENTREPOT_HOME" in told
    assert "Traceback" not in told


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_an_unwritable_home_is_told(installation, tmp_path):
    tmp_path.chmod(0o500)
    assert "cannot be written" in installation.refused(ENTREPOT_HOME=str(tmp_path / "var"))


def test_a_wrong_setting_is_told_without_a_trace(installation):
    told = installation.refused(ENTREPOT_PORT="eighty")
    assert "ENTREPOT_PORT is 'eighty'" in told
    assert "Traceback" not in told


def test_an_interrupt_in_the_middle_of_the_first_start_leaves_no_process(tmp_path):
    installation = Installation(tmp_path / "var")
    process = installation.start()
    deadline = time.monotonic() + 30
    while not (children := psutil.Process(process.pid).children(recursive=True)) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
        assert children
        assert gone(children)
    finally:
        installation.end()
        shutil.rmtree(installation.place.base, ignore_errors=True)


def test_a_database_that_does_not_answer_is_told_without_its_password(installation):
    told = installation.refused(DATABASE_URL=f"postgresql://me:hunter2@127.0.0.1:{free_port()}/entrepot")
    assert "The database does not answer" in told
    assert "DATABASE_URL" in told
    assert "hunter2" not in told
    assert "Traceback" not in told


def test_a_single_command_brings_its_own_services_and_takes_them_away(installation):
    ran = subprocess.run(
        [sys.executable, "-c", "from marketplace.cli import main; main()", "verify"],
        env=installation.environ(),
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "checks passed" in ran.stdout
    assert not (installation.place.sockets / ".s.PGSQL.5432").exists()
