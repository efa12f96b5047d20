"""Check the minutes of an auction without trusting the hub: python verify_auction.py minutes.json [head]

minutes.json  what `entrepot auction export NUMBER` wrote, or number, rulesHash and rows of auctionAudit
head          the head that was told to all participants at the close, if you noted it; else the one in the file is used

Only Python is needed. It ends with 0 where every row follows from those before it and the last hash is the head.
"""

import hashlib
import json
import sys
from pathlib import Path


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def check(minutes: dict, head: str) -> str:
    """The first thing that is wrong; nothing if all is right."""
    found = sha(b"entrepot.audit.v1\n" + minutes["number"].encode() + b"\n" + bytes.fromhex(minutes["rulesHash"]))
    for count, row in enumerate(sorted(minutes["rows"], key=lambda one: one["n"]), 1):
        found = sha(found + row["body"].encode())
        if row["n"] != count:
            return f"row {count} is missing"
        if found.hex() != row["hash"] or json.loads(row["body"])["n"] != count:
            return f"row {count} does not follow from those before it"
    return "" if found.hex() == head else "the last row does not lead to the head"


def main() -> int:
    minutes = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    head = sys.argv[2] if len(sys.argv) > 2 else minutes["auditHead"]
    problem = check(minutes, head)
    rows = len(minutes["rows"])
    print(problem or f"{minutes['number']}: {rows} rows, each follows from those before it; the head is {head}")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
