"""The environment variables Entrepot reads: one declaration each, checked at start, all problems told at once.

Only the standard library is used here, because the tools that set the machine up read it before anything is installed.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

CHECKOUT = Path(__file__).resolve().parent.parent


class EnvironmentProblem(Exception):
    """The environment cannot be used; the text holds one line for each variable that is wrong, saying what to do."""


@dataclass(frozen=True)
class Variable:
    """One environment variable: how it is read, what holds when it is absent, and the line the documentation shows."""

    name: str
    parse: Callable[[str], Any]
    default: Any
    help: str
    default_text: str = ""


def whole(low: int, high: int) -> Callable[[str], int]:
    """A parser of whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"give a whole number from {low} to {high}")
        return int(text)

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """A parser that accepts exactly the named words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"give one of: {', '.join(choices)}")
        return text

    return parse


def yes_no(text: str) -> bool:
    """Read a switch."""
    word = text.lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise ValueError("give 1 or 0")


def words(text: str) -> list[str]:
    """Read a list separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def url(*schemes: str) -> Callable[[str], str]:
    """A parser of addresses of the named schemes."""

    def parse(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes:
            raise ValueError(f"give an address that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        try:
            _port = parts.port
        except ValueError:
            raise ValueError("its port is not a number from 1 to 65535") from None
        return text

    return parse


def database_url(text: str) -> str:
    """Read a PostgreSQL address; the database name has to be there, because guessing one could open the wrong data."""
    url("postgresql", "postgres")(text)
    if not urlsplit(text).path.strip("/"):
        raise ValueError("name the database at its end, as in postgresql://user:password@host:5432/entrepot")
    return text


def public_url(text: str) -> str:
    """Read the address people use, without a path."""
    parts = urlsplit(url("http", "https")(text))
    if not parts.hostname or parts.path.strip("/"):
        raise ValueError("give scheme and host only, as in https://orders.example.com")
    return text.rstrip("/")


def time_zone(text: str) -> str:
    """Read the name of a time zone."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError("give a zone by its name, as in Asia/Shanghai or UTC") from None
    return text


def secret(text: str) -> str:
    """Read the signing key; a short one can be guessed."""
    if len(text) < 32:
        raise ValueError("give at least 32 characters, for example the output of `openssl rand -base64 48`")
    return text


def folder(text: str) -> Path:
    """Read a folder's path."""
    return Path(text).expanduser().resolve()


def redis_prefix(text: str) -> str:
    """Letters, digits and `:_.-`; it ends in a colon, given or not."""
    if not re.fullmatch(r"[A-Za-z0-9:_.-]{1,64}", text):
        raise ValueError("give up to 64 letters, digits and the signs : _ . -")
    return text if text.endswith(":") else f"{text}:"


VARIABLES: tuple[Variable, ...] = (
    Variable("ENTREPOT_HOME", folder, CHECKOUT / "var", "Folder of data, logs and uploaded files.", "var"),
    Variable("ENTREPOT_HOST", str, "127.0.0.1", "Address the web server listens on; 0.0.0.0 for every interface."),
    Variable("ENTREPOT_PORT", whole(1, 65535), 8000, "Port the web server listens on."),
    Variable(
        "ENTREPOT_PUBLIC_URL",
        public_url,
        "",
        "Address people type; with https the cookies become secure-only.",
        "http://127.0.0.1:PORT",
    ),
    Variable("ENTREPOT_ALLOWED_HOSTS", words, [], "More host names the server answers to, separated by commas."),
    Variable(
        "ENTREPOT_TRUST_PROXY",
        yes_no,
        False,
        "1 behind a proxy that sets X-Forwarded-Proto and X-Forwarded-For itself.",
        "0",
    ),
    Variable("ENTREPOT_SECRET_KEY", secret, "", "Signs sessions and tokens.", "made once, kept in var/secret-key"),
    Variable("ENTREPOT_DEBUG", yes_no, False, "1 shows error pages with traces; for developers only.", "0"),
    Variable("ENTREPOT_LOG_LEVEL", one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "Least level that is logged."),
    Variable("ENTREPOT_LANGUAGE", one_of("en", "zh-hans"), "en", "Language where neither user nor browser names one."),
    Variable("ENTREPOT_TIME_ZONE", time_zone, "UTC", "Zone of times where no organization sets one."),
    Variable("DATABASE_URL", database_url, "", "PostgreSQL 15 or later.", "the embedded PostgreSQL"),
    Variable(
        "ENTREPOT_DATABASE_POOL",
        whole(0, 500),
        0,
        "Connections the threads of a process share; 0: each thread keeps its own.",
    ),
    Variable("ENTREPOT_DATABASE_PREPARE", yes_no, True, "0 behind a pooler that cannot keep prepared statements.", "1"),
    Variable("REDIS_URL", url("redis", "rediss", "unix"), "", "Redis or Valkey 6.2 or later.", "the embedded Redis"),
    Variable(
        "ENTREPOT_REDIS_PREFIX",
        redis_prefix,
        "",
        "Begins every key and channel in Redis; its own for each installation that shares one.",
        "entrepot:DATABASE:",
    ),
    Variable("ENTREPOT_WEB_PROCESSES", whole(1, 256), 1, "Web server processes."),
    Variable("ENTREPOT_WEB_THREADS", whole(1, 256), 4, "Requests a web process works on at a time."),
    Variable("ENTREPOT_WORKER_PROCESSES", whole(1, 256), 1, "Background worker processes."),
    Variable("ENTREPOT_GRAPHQL_COST", whole(1, 10**9), 10_000, "Most that one GraphQL operation may cost."),
    Variable("ENTREPOT_GRAPHQL_DEPTH", whole(1, 100), 15, "Most levels of a GraphQL operation."),
    Variable("ENTREPOT_GRAPHQL_ALIASES", whole(0, 10_000), 30, "Most aliases in a GraphQL operation."),
    Variable("ENTREPOT_GRAPHQL_DIRECTIVES", whole(0, 10_000), 50, "Most directives in a GraphQL operation."),
    Variable("ENTREPOT_GRAPHQL_TOKENS", whole(10, 10**6), 3000, "Most tokens of a GraphQL document."),
    Variable("ENTREPOT_ACCESS_TOKEN_SECONDS", whole(30, 86_400), 600, "Life of an API client's access token."),
    Variable("ENTREPOT_REFRESH_TOKEN_DAYS", whole(1, 365), 30, "Life of an API client's refresh token."),
    Variable("ENTREPOT_ATTACHMENT_MEGABYTES", whole(1, 1024), 20, "Largest file that can be put on a document."),
    Variable("ENTREPOT_DEMO", one_of("none", "small", "large"), "small", "Demo data the first `entrepot up` loads."),
    Variable("EMAIL_URL", url("smtp", "smtps"), "", "Mail server, smtps:// for TLS.", "mail is written to var/mail"),
    Variable(
        "ENTREPOT_STRIPE_URL",
        public_url,
        "https://api.stripe.com",
        "Address of Stripe's API; another one only to test against a stand-in.",
    ),
    Variable("ENTREPOT_EMAIL_FROM", str, "Entrepot <noreply@localhost>", "Sender of the mail."),
)


@dataclass(frozen=True)
class Environment:
    """What the environment said, checked; `given` names the variables that were set."""

    values: Mapping[str, Any]
    given: frozenset[str]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def home(self) -> Path:
        """The folder of data, logs and uploaded files."""
        return self.values["ENTREPOT_HOME"]

    @property
    def public_url(self) -> str:
        """The address people type; the port is left out where it is the scheme's own."""
        return self.values["ENTREPOT_PUBLIC_URL"] or f"http://{self.local_host}:{self.values['ENTREPOT_PORT']}"

    @property
    def local_host(self) -> str:
        """A host name under which this machine reaches its own web server."""
        host = self.values["ENTREPOT_HOST"]
        return "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104

    @property
    def production(self) -> bool:
        """Whether people reach this server from elsewhere, over https."""
        return self.values["ENTREPOT_PUBLIC_URL"].startswith("https:")


def read_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """Read and check every declared variable; an empty one counts as absent.

    Raises EnvironmentProblem with one line for each variable that is wrong.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    problems: list[str] = []
    given = frozenset(variable.name for variable in VARIABLES if environ.get(variable.name, "").strip())
    for variable in VARIABLES:
        values[variable.name] = variable.default
        if variable.name in given:
            text = environ[variable.name].strip()
            try:
                values[variable.name] = variable.parse(text)
            except ValueError as error:
                problems.append(f"{variable.name} is {shown(variable.name, text)}: {error}.")
    environment = Environment(values, given)
    if not problems and environment.production and "ENTREPOT_SECRET_KEY" not in given:
        problems.append(
            "ENTREPOT_SECRET_KEY is not set: a server that people reach over https needs one that all its processes"
            " share, for example the output of `openssl rand -base64 48`."
        )
    if problems:
        raise EnvironmentProblem("\n".join(problems))
    return environment


def shown(name: str, text: str) -> str:
    """A value as a message may show it: without secrets."""
    if "SECRET" in name or (name.endswith("_URL") and "@" in text):
        return "set, but not usable"
    return repr(text)


def database_settings(address: str) -> dict[str, Any]:
    """Django's name, user, password, host, port and libpq options of a PostgreSQL address.

    A Unix socket is `postgresql:///name?host=/folder`, as libpq writes it.
    """
    parts = urlsplit(address)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or options.pop("host", ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def secret_key(environment: Environment) -> str:
    """The signing key: given, or made once for this installation and readable by its owner only.

    Raises EnvironmentProblem where it is neither given nor can be kept.
    """
    if environment["ENTREPOT_SECRET_KEY"]:
        return environment["ENTREPOT_SECRET_KEY"]
    path = environment.home / "secret-key"
    try:
        environment.home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # Written aside and linked, so that of two starts at once both end with the same whole key.
            draft = path.with_name(f"secret-key.{os.getpid()}.{secrets.token_hex(4)}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} cannot be read or made ({error.strerror}): make {environment.home} writable for this user,"
            " set ENTREPOT_HOME to a folder that is, or set ENTREPOT_SECRET_KEY."
        ) from None
