"""A small schema of graphql-core's own making, and documents for it: what both executors have to answer alike."""

from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema

SDL = """
interface Being { name: String! twin: Being }
type Cat implements Being { name: String! twin: Being lives: Int mate: Cat! kittens: [Cat!]! toys: [String] }
type Dog implements Being {
  name: String! twin: Being tricks: [String!] owner(loud: Boolean = false, times: Int): String
}
union Pet = Cat | Dog
enum Mood { CALM WILD }
input Wish { mood: Mood! depth: Int = 2, more: [Wish!] }
type Query {
  cat: Cat
  sure: Cat!
  pets: [Pet]
  beings: [Being!]!
  grid: [[Cat!]]!
  mood(is: Mood = CALM): Mood
  fails: Int
  failsSurely: Int!
  echo(wish: Wish, n: Int!, ids: [ID!]): String
  wrongType: Pet
  notAList: [Int]
  tooLarge: Int
}
"""


class Trouble(Exception):
    """What resolvers of the reference schema raise."""


def _cat(depth: int, name: str = "Mimi") -> dict[str, Any]:
    def below(key: str, value: Any) -> Any:
        return lambda _info: value() if depth > 0 else None

    def kittens(_info: Any) -> list[Any]:
        return [_cat(depth - 1, f"{name}-{n}") for n in range(2)] + ([None] if depth == 1 else [])

    def lives(_info: Any) -> int:
        if depth == 2:
            raise Trouble("no count")
        return 9

    return {
        "__typename": "Cat",
        "name": None if depth < 0 else name,
        "twin": below("twin", lambda: _dog(depth - 1)),
        "mate": below("mate", lambda: _cat(depth - 1, f"{name}+")),
        "lives": lives,
        "kittens": kittens,
        "toys": ["ball", None, 3],
    }


def _dog(depth: int) -> dict[str, Any]:
    def owner(_info: Any, loud: bool = False, times: int | None = None) -> str:
        return ("ANNA" if loud else "Anna") * (times or 1)

    tricks = ["sit", None] if depth == 1 else ["sit", "roll"]
    return {"__typename": "Dog", "name": "Rex", "twin": lambda _i: _cat(depth - 1), "tricks": tricks, "owner": owner}


def _raise(error: Exception) -> Any:
    def resolve(_info: Any, **_arguments: Any) -> Any:
        raise error

    return resolve


ROOT: dict[str, Any] = {
    "cat": lambda _i: _cat(3),
    "sure": lambda _i: _cat(2, "Sure"),
    "pets": lambda _i: [_cat(2), _dog(2), None, {"__typename": "Fish"}, Trouble("a pet that is an error")],
    "beings": lambda _i: iter([_cat(1), _dog(1)]),
    "grid": lambda _i: [[_cat(1), _cat(2)], [_cat(0), None], None],
    "mood": lambda _i, **arguments: arguments["is"],
    "fails": _raise(Trouble("fails")),
    "failsSurely": _raise(GraphQLError("surely")),
    "echo": lambda _i, **arguments: repr(sorted(arguments.items())),
    "wrongType": lambda _i: {"__typename": "Query"},
    "notAList": lambda _i: 5,
    "tooLarge": lambda _i: 2**40,
}


def reference_schema() -> GraphQLSchema:
    """The schema; its values say their own type."""
    return build_schema(SDL)
