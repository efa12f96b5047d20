"""The minutes outside the program: exported, checked by the script of the docs, by the command and by `verify`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from suppliers.auctions import commands, control
from suppliers.auctions.models import Auction
from suppliers.auctions.verify import minutes
from tests.suppliers.auctions.world import World

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "downloads" / "verify_auction.py"


@pytest.fixture
def ended(world: World) -> Auction:
    auction = world.live()
    world.bid(0, auction, 1000)
    world.bid(1, auction, 900)
    control.end(world.buyer, auction.pk, "Enough")
    auction.refresh_from_db()
    return auction


def run(tmp_path: Path, given: dict, *head: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "minutes.json"
    path.write_text(json.dumps(given, ensure_ascii=False))
    return subprocess.run([sys.executable, SCRIPT, path, *head], capture_output=True, text=True, check=False)


def test_the_script_of_the_docs_follows_the_chain_and_finds_what_was_changed(ended, tmp_path):
    told = commands.export_of(ended)
    good = run(tmp_path, told)
    assert good.returncode == 0 and "each follows" in good.stdout
    changed = json.loads(json.dumps(told))
    changed["rows"][1]["body"] = changed["rows"][1]["body"].replace("1000.00", "1100.00")
    assert run(tmp_path, changed).stdout.strip() == "row 2 does not follow from those before it"
    short = told | {"rows": told["rows"][:-1]}
    assert run(tmp_path, short).returncode == 1
    gap = told | {"rows": [row for row in told["rows"] if row["n"] != 2]}
    assert run(tmp_path, gap).stdout.strip() == "row 2 is missing"
    assert run(tmp_path, told, "00" * 32).returncode == 1


def test_the_command_and_the_check_find_the_same(ended, capsys):
    commands.verify_auction(ended.number)
    assert "the chain holds" in capsys.readouterr().out
    assert list(minutes()) == []
    Auction.objects.filter(pk=ended.pk).update(audit_head=b"\0" * 32)
    with pytest.raises(typer.Exit):
        commands.verify_auction(ended.number)
    assert [difference.subject for difference in minutes()] == [f"{ended.number} / head"]
    with pytest.raises(typer.Exit):
        commands.verify_auction("AUC-999999")
