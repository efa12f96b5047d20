"""What a partner that is being recorded starts with besides its terms; rooms above say what they can give it.

register_start("price_list", start)     # start(actor, partnership, key): in the transaction that records the partner
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from marketplace.parties.models import Partnership

Start = Callable[[Actor, Partnership, int], None]
_starts: dict[str, Start] = {}


def register_start(name: str, start: Start) -> None:
    """Offer something to begin with under the name of the field in which it is asked for."""
    _starts[name] = start


def start_with(actor: Actor, partnership: Partnership, wanted: Mapping[str, int]) -> None:
    """Give a new partner what was asked for. Raises NOT_FOUND (the field) and what the rooms raise."""
    for name, key in wanted.items():
        if name not in _starts:
            raise not_found(name)
        _starts[name](actor, partnership, key)
