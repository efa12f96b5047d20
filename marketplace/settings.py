"""Django's settings, all of them made from the variables of `marketplace.env`."""

import sys
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from marketplace.env import CHECKOUT, EnvironmentProblem, database_settings, read_environment, secret_key
from marketplace.runtime.place import place_of

try:
    ENVIRONMENT = read_environment()
    SECRET_KEY = secret_key(ENVIRONMENT)
except EnvironmentProblem as problem:
    sys.exit(f"Entrepot cannot start:\n{problem}")

BASE_DIR = CHECKOUT
HOME = ENVIRONMENT.home
PLACE = place_of(HOME)

DEBUG = ENVIRONMENT["ENTREPOT_DEBUG"]
PUBLIC_URL = ENVIRONMENT.public_url
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS += ENVIRONMENT["ENTREPOT_ALLOWED_HOSTS"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "marketplace.core",
    "marketplace.graphql",
    "marketplace.parties",
    "marketplace.notifications",
    "marketplace.audit",
    "marketplace.catalog",
    "marketplace.search",
    "marketplace.attachments",
    "marketplace.conversations",
    "marketplace.savedviews",
    "ordercenter.pricing",
    "ordercenter.stock",
    "ordercenter.ledger",
    "ordercenter.ledger.funds",
    "ordercenter.promotions",
    "ordercenter.credit",
    "ordercenter.orders",
    "ordercenter.fulfilment",
    "ordercenter.invoicing",
    "ordercenter.payments",
    "ordercenter.rebates",
    "ordercenter.contracts",
    "ordercenter.quotes",
    "ordercenter.pad",
    "suppliers.sourcing",
    "suppliers.auctions",
    "integrations.invoices",
    "integrations.stripe",
    "storefront",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "marketplace.runtime.headers.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
ASGI_APPLICATION = "marketplace.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "storefront"],  # a template lies beside the document it shows
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- data -------------------------------------------------------------------------------------------------------------

DATABASE_URL = ENVIRONMENT["DATABASE_URL"] or PLACE.database_url
REDIS_URL = ENVIRONMENT["REDIS_URL"] or PLACE.redis_url

DATABASES = {"default": {"ENGINE": "marketplace.core.postgresql", **database_settings(DATABASE_URL)}}
DATABASES["default"]["OPTIONS"] |= {
    # Every statement here is short: compiling one would take longer than running it.
    "options": "-c jit=off",
    # Only statements whose values are bound by the server can be prepared; preparing halves what the server spends
    # on the resolution and allocation statements.
    "server_side_binding": True,
    "prepare_threshold": 3 if ENVIRONMENT["ENTREPOT_DATABASE_PREPARE"] else None,
}
# Each thread keeps its connection. One that the server has closed meanwhile is found before a request uses it.
DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
if ENVIRONMENT["ENTREPOT_DATABASE_POOL"]:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # each request takes one of the pool and gives it back
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": ENVIRONMENT["ENTREPOT_DATABASE_POOL"],
        "num_workers": 1,
        "timeout": 10,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Two installations on one Redis must not hear each other, nor work on each other's tasks: channels know no database
# number.
REDIS_PREFIX = ENVIRONMENT["ENTREPOT_REDIS_PREFIX"] or f"entrepot:{DATABASES['default']['NAME']}:"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{REDIS_PREFIX}cache",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

MEDIA_ROOT = HOME / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
with suppress(OSError):
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# `entrepot up` collects the static files under names made from their content. A process started without it, such as a
# test, serves them as they lie.
HASHED_STATIC = (STATIC_ROOT / "staticfiles.json").exists() and not DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "marketplace.runtime.statics.HashedFiles"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
WHITENOISE_AUTOREFRESH = not HASHED_STATIC  # a file that was edited has another size than the one remembered
ATTACHMENT_MEGABYTES = ENVIRONMENT["ENTREPOT_ATTACHMENT_MEGABYTES"]

# --- languages and times ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = ENVIRONMENT["ENTREPOT_LANGUAGE"]
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]  # each in its own words, for those who read no other
LOCALE_PATHS = sorted((BASE_DIR / "storefront").glob("*/locale"))  # each area of pages keeps its own words
TIME_ZONE = ENVIRONMENT["ENTREPOT_TIME_ZONE"]
USE_I18N = True
USE_TZ = True

# --- sign-in and safety -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Nobody signs up: a member is made by an owner, and proves the address by the link that sets the password.
ACCOUNT_ADAPTER = "marketplace.parties.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Entrepot] "
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Entrepot"
MFA_TOTP_TOLERANCE = 1  # half minutes by which a phone's clock may be off
MFA_ALLOW_UNVERIFIED_EMAIL = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_ONLY = False

GRAPHQL_LIMITS = {
    name: ENVIRONMENT[f"ENTREPOT_GRAPHQL_{name.upper()}"]
    for name in ("cost", "depth", "aliases", "directives", "tokens")
}
GRAPHQL_ACCESS_TOKEN_SECONDS = ENVIRONMENT["ENTREPOT_ACCESS_TOKEN_SECONDS"]
GRAPHQL_REFRESH_TOKEN_DAYS = ENVIRONMENT["ENTREPOT_REFRESH_TOKEN_DAYS"]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.production else 0
SECURE_SSL_REDIRECT = ENVIRONMENT.production and ENVIRONMENT["ENTREPOT_TRUST_PROXY"]
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT["ENTREPOT_TRUST_PROXY"] else None
USE_X_FORWARDED_HOST = ENVIRONMENT["ENTREPOT_TRUST_PROXY"]
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENVIRONMENT["ENTREPOT_TRUST_PROXY"] else 0
SESSION_COOKIE_NAME = "entrepot_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.production
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# A page of a browser may load only what this server sends. Tabler and ECharts set styles on elements.
# 'wasm-unsafe-eval': where a browser reads no barcodes itself, the pad's reader compiles WebAssembly, no script text.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:;"
    " style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
    " worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- payment ----------------------------------------------------------------------------------------------------------

STRIPE_URL = ENVIRONMENT["ENTREPOT_STRIPE_URL"]

# --- mail -------------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = ENVIRONMENT["ENTREPOT_EMAIL_FROM"]
if ENVIRONMENT["EMAIL_URL"]:
    _mail = urlsplit(ENVIRONMENT["EMAIL_URL"])
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp" and EMAIL_PORT == 587
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mail"

# --- background work --------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "global_keyprefix": REDIS_PREFIX}
CELERY_TIMEZONE = "UTC"
# Wakes a worker after each commit that recorded events. Off, the regular sweep alone hands them on.
OUTBOX_WAKES = True
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "beat-schedule")

# --- log --------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:7} {name} {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT["ENTREPOT_LOG_LEVEL"]},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "propagate": False},
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        # It tells each call and each answer; what fails is told by who calls.
        "stripe": {"level": "WARNING"},
        # It tells each step of each page, and each rule of CSS that is for screens only.
        "weasyprint": {"handlers": ["stderr"], "propagate": False, "level": "ERROR"},
        "weasyprint.progress": {"handlers": ["nowhere"], "propagate": False},
    },
}
