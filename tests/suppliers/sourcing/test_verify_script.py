"""The script that anybody runs on a receipt, as the docs give it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.core.actor import Actor
from marketplace.graphql import execute
from tests.suppliers.sourcing.sealed import Committee

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "downloads" / "verify_receipt.py"
ASK = """query($text: String!) { sealedReceiptVerify(receipt: $text) {
    checks { entry root path { side digest } } } }"""


@pytest.fixture
def papers(world, tmp_path):
    """A receipt, its proof after the opening, and the published root."""
    committee = Committee(world)
    event = committee.event()
    receipts = [world.quotes(who, event, 10 + who, 7).receipt for who in range(3)]
    world.pass_time(event, days=8)
    committee.open(event)
    text = json.dumps(receipts[1])
    proof = execute(ASK, {"text": text}, actor=Actor.anonymous()).data["sealedReceiptVerify"]
    (tmp_path / "receipt.json").write_text(text)
    (tmp_path / "proof.json").write_text(json.dumps(proof))
    return tmp_path, proof["checks"][0]["root"]


def run(folder: Path, *names: str) -> tuple[int, str]:
    arguments = [str(folder / name) if name.endswith(".json") else name for name in names]
    done = subprocess.run([sys.executable, "-I", SCRIPT, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_true_receipt_holds_and_every_bent_one_does_not(papers):
    folder, root = papers
    code, told = run(folder, "receipt.json", "proof.json", root)
    assert (code, told.count("good")) == (0, 3), told
    assert run(folder, "receipt.json")[0] == 0
    receipt = json.loads((folder / "receipt.json").read_text())
    receipt["entries"][0]["part"] = receipt["entries"][0]["part"].replace("11.0000", "10.0000")
    (folder / "cheaper.json").write_text(json.dumps(receipt))
    code, told = run(folder, "cheaper.json", "proof.json", root)
    assert (code, told.count("WRONG")) == (1, 1), told
    proof = json.loads((folder / "proof.json").read_text())
    proof["checks"][0]["path"].reverse()
    (folder / "bent.json").write_text(json.dumps(proof))
    code, told = run(folder, "receipt.json", "bent.json")
    assert (code, told.count("WRONG")) == (1, 1), told
    assert run(folder, "receipt.json", "proof.json", "00" * 32)[0] == 1
