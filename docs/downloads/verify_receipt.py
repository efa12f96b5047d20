"""Check a receipt of a sealed quote without trusting the hub: python verify_receipt.py receipt.json [proof.json] [root]

receipt.json  what you got when you sent the quote
proof.json    the answer of sealedReceiptVerify, once the envelope was opened (it has the path of each entry)
root          the root that was published at the close, if you noted it; else the one in the proof is used

Only Python is needed; with the package `cryptography` the hub's signature is checked as well.
"""

import hashlib
import json
import sys
from pathlib import Path

TAG = b"entrepot.quote.v1\n"


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def root_of(entry: bytes, path: list) -> str:
    """RFC 6962: a leaf is H(0x00 || entry), a node H(0x01 || left || right)."""
    found = sha(b"\x00" + entry)
    for step in path:
        other = bytes.fromhex(step["digest"])
        found = sha(b"\x01" + (other + found if step["side"] == "left" else found + other))
    return found.hex()


def signed(key: str, signature: str, entry: bytes) -> str:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return "not checked"
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), entry)
    except InvalidSignature:
        return "WRONG"
    return "good"


def check(receipt: dict, proof: dict, published: str) -> bool:
    paths = {one["entry"]: one for one in proof.get("checks", [])}
    holds = True
    for one in receipt["entries"]:
        entry, says = one["entry"].encode(), json.loads(one["entry"])
        findings = {"signature": signed(receipt["key"], one["signature"], entry)}
        if "part" in one:
            made = sha(TAG + bytes.fromhex(one["nonce"]) + one["part"].encode()).hex()
            findings["commitment"] = "good" if made == says["commitment"] else "WRONG"
        known = paths.get(one["entry"])
        if known:
            root = published or known["root"]
            findings["in the root"] = "good" if root_of(entry, known["path"]) == root else "WRONG"
        print(says["envelope"], says["kind"], "no.", says["seq"], says["received_at"], findings)
        holds = holds and "WRONG" not in findings.values()
    return holds


if __name__ == "__main__":
    files = [json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3]]
    good = check(files[0], files[1] if len(files) > 1 else {}, sys.argv[3] if len(sys.argv) > 3 else "")
    print("The receipt holds." if good else "THE RECEIPT DOES NOT HOLD.")
    sys.exit(not good)
