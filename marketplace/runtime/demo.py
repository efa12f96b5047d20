"""The demo enterprise: each room adds its part in a `demo.py` of its own, found as Django finds `admin.py`.

A step is a function marked `@demo_step(order, label)` that takes the size, "small" or "large", and may yield
`(done, total)` to show its progress. It makes what is missing and leaves what is there, so that it can run again. A
function marked `@sign_ins` returns the accounts that the first screen shows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

Size = str
Step = Callable[[Size], Iterable[tuple[int, int]] | None]


@dataclass(frozen=True)
class DemoStep:
    """One part of the demo data."""

    order: int
    label: str | Promise
    run: Step


@dataclass(frozen=True)
class SignIn:
    """An account of the demo enterprise: who it is, and how to sign in as them."""

    role: str
    organization: str
    email: str
    password: str


_steps: dict[str, DemoStep] = {}
_sign_ins: dict[str, Callable[[], Iterable[SignIn]]] = {}


def demo_step(order: int, label: str | Promise) -> Callable[[Step], Step]:
    """Register a step; those of a lower order run first (parties 10, catalogue 20, prices 30, stock 40, orders 50)."""

    def register(function: Step) -> Step:
        _steps[f"{function.__module__}.{function.__qualname__}"] = DemoStep(order, label, function)
        return function

    return register


def sign_ins(function: Callable[[], Iterable[SignIn]]) -> Callable[[], Iterable[SignIn]]:
    """Register a function that returns demo accounts; it may read the database, and is asked after the steps ran."""
    _sign_ins[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def demo_steps() -> list[DemoStep]:
    """Every room's steps, in the order they have to run."""
    autodiscover_modules("demo")
    return sorted(_steps.values(), key=lambda step: step.order)


def demo_sign_ins() -> list[SignIn]:
    """Every demo account that exists."""
    autodiscover_modules("demo")
    return [account for function in _sign_ins.values() for account in function()]
