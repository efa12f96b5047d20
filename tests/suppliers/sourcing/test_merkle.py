"""The root over the entries of an envelope (docs/concepts/sourcing-sealed.md, "What anybody can check")."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.canonical import canonical
from suppliers.sourcing.merkle import Step, leaf, path, root, verify

TAG = b"entrepot.quote.v1\n"
PRICES = [("10.5000", "7.2500", "S-01", 1), ("10.4000", "7.3000", "S-02", 1), ("10.3000", "7.2000", "S-01", 2)]
COMMITMENTS = [
    "259f70544e6f0a83c03374ec74aced8f5a05490539824c0d32caee6bceaa3a3b",
    "1087fa487aca84a5738b5aee54d07771383062459c8a957b9111ee4eae8a3104",
    "ebef55386c39cbc8c602ba0fe70f7ef80bcc8f5cd18f2d27daa6835ab5fb1975",
]
LEAVES = [
    "f754fa6d16b3c9a5458000c85a16014f772a813f7904cf0293c0d88cb7dab9f3",
    "ed2a0b345e165e1d24dab9c91cb0ce17ff88a744f63bc4aca8bcac9d4cc87915",
    "d3950ff47479b746db9cd185480e3d7239e58a0a3a4a2ec582a54bc5d2317cd0",
]
ROOT = "215d941044c7d23b4f3ae1222b303a1bb7c32b6e3bd52194d97cc7a79d467069"


def parts() -> list[dict]:
    return [
        {
            "currency": "CNY",
            "event": "RFQ-2026-000123",
            "lines": [{"line": 1, "price": first}, {"line": 2, "price": second}],
            "lot": 1,
            "round": 1,
            "supplier": supplier,
            "version": version,
        }
        for first, second, supplier, version in PRICES
    ]


def entries() -> list[bytes]:
    return [
        canonical(
            {
                "commitment": COMMITMENTS[index],
                "envelope": "COMMERCIAL",
                "kind": "SUBMIT",
                "received_at": f"2026-06-0{index + 1}T02:00:00.000000Z",
                "seq": index + 1,
            }
        )
        for index in range(3)
    ]


def test_the_worked_example_holds_byte_for_byte():
    assert canonical(parts()[0]) == (
        b'{"currency":"CNY","event":"RFQ-2026-000123","lines":[{"line":1,"price":"10.5000"},'
        b'{"line":2,"price":"7.2500"}],"lot":1,"round":1,"supplier":"S-01","version":1}'
    )
    made = [sha256(TAG + bytes([index + 1]) * 32 + canonical(part)).hexdigest() for index, part in enumerate(parts())]
    assert made == COMMITMENTS
    assert [leaf(entry).hex() for entry in entries()] == LEAVES
    assert root(entries()).hex() == ROOT
    assert path(entries(), 1) == [Step("left", bytes.fromhex(LEAVES[0])), Step("right", bytes.fromhex(LEAVES[2]))]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert root([]) == sha256(b"").digest()


def test_an_entry_that_is_not_there_has_no_path():
    with pytest.raises(IndexError):
        path(entries(), 3)
    with pytest.raises(IndexError):
        path(entries(), -1)


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=8), min_size=1, max_size=33), st.data())
def test_every_entry_has_a_path_and_one_changed_byte_breaks_it(rows, data):
    index = data.draw(st.integers(0, len(rows) - 1))
    published = root(rows)
    steps = path(rows, index)
    assert verify(rows[index], steps, published)
    assert not verify(rows[index] + b"x", steps, published)
    changed = [row if at != index else row + b"x" for at, row in enumerate(rows)]
    assert root(changed) != published
    for at, step in enumerate(steps):
        bent = [*steps]
        bent[at] = Step(step.side, bytes([step.digest[0] ^ 1]) + step.digest[1:])
        assert not verify(rows[index], bent, published)
