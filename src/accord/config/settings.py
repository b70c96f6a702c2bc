"""Django's settings. What a machine may differ in comes from the environment, all of it here.

DATABASE_URL           another PostgreSQL than the one under ACCORD_HOME
ACCORD_DATABASE_POOLED yes: between Accord and PostgreSQL stands a pool that gives each transaction
                       another connection, so that none can keep a plan
ACCORD_HOME            the home folder
ACCORD_SECRET_KEY      signs sessions and links, seals secrets of others; else one is made and kept
                       in the home folder
ACCORD_OLD_SECRET_KEYS keys from before, separated by commas: what they sealed can still be opened
ACCORD_URL             how people reach this Accord; links in mails begin with it
ACCORD_HOSTS           host names that are answered, separated by commas
ACCORD_SECURE_COOKIES  yes: cookies by https only; goes by ACCORD_URL when it is not set
ACCORD_SMTP_URL        smtp+tls://user:password@host:587; else mails are printed to stderr
ACCORD_MAIL_FROM       the address that mails come from
ACCORD_IMAP_URL        imaps://user:password@host:993/INBOX: the mailbox for copies of mails
ACCORD_COPY_ADDRESS    its address, such as log@company.example; each person has log+…@ of it
ACCORD_EGRESS          networks that are not public and may be posted to all the same, such as
                       10.1.2.0/24, separated by commas; for chats of one's own and for tests
ACCORD_LOG_LEVEL       DEBUG, INFO, WARNING or ERROR
ACCORD_DEBUG           yes: Django's pages about errors; for developers only
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from accord.config import environment, postgres
from accord.config.home import home, secret_key

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home()

SECRET_KEY = os.environ.get("ACCORD_SECRET_KEY") or secret_key(HOME)
SECRET_KEY_FALLBACKS = environment.words("ACCORD_OLD_SECRET_KEYS", default=[])
DEBUG = environment.flag("ACCORD_DEBUG", default=False)
ACCORD_URL = os.environ.get("ACCORD_URL", "http://127.0.0.1:8000").rstrip("/")
_IS_HTTPS = ACCORD_URL.startswith("https://")
ALLOWED_HOSTS = environment.words(
    "ACCORD_HOSTS",
    default=["localhost", "127.0.0.1", "[::1]", urlsplit(ACCORD_URL).hostname or "localhost"],
)
CSRF_TRUSTED_ORIGINS = [ACCORD_URL]

# --- rooms -----------------------------------------------------------------------------------
# From the ground up; only rooms that hold something are here.
ROOMS = [
    "accord.outbox",
    "accord.criteria",
    "accord.teams",
    "accord.campaigns",
    "accord.agreement",
    "accord.leads",
    "accord.deals",
    "accord.content",
    "accord.qualification",
    "accord.handoffs",
    "accord.insights",
    "accord.web",
]
INSTALLED_APPS = [
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accord.web.headers.Headers",
    "csp.middleware.CSPMiddleware",
    "accord.web.requests.Moment",
    "accord.web.refusals.Refusals",
    "accord.web.guard.Guard",
]
ROOT_URLCONF = "accord.config.urls"
WSGI_APPLICATION = "accord.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accord.web.context.frame",
            ],
        },
    }
]

# --- database and jobs -----------------------------------------------------------------------
DATABASE_URL = os.environ.get("DATABASE_URL") or postgres.dsn(HOME)
_DATABASE = environment.database(DATABASE_URL)
_IS_POOLED = environment.flag("ACCORD_DATABASE_POOLED", default=False)
DATABASES = {
    "default": {
        "ENGINE": "accord.config.database",
        "NAME": _DATABASE.pop("dbname", "accord"),
        "USER": _DATABASE.pop("user", ""),
        "PASSWORD": _DATABASE.pop("password", ""),
        "HOST": _DATABASE.pop("host", ""),
        "PORT": str(_DATABASE.pop("port", "")),
        "CONN_MAX_AGE": 600,
        # A database that was started anew is noticed before a request uses a dead connection.
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "connect_timeout": 10,
            "application_name": "accord",
            # What is asked again and again is planned once a connection.
            "server_side_binding": True,
            "prepare_threshold": None if _IS_POOLED else 5,
            **_DATABASE,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Nonces are kept here: the 300 entries of the default would push them out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Parts of pages that are the same for everybody, in each process.
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_IMPORT_PATHS = ["accord.jobs"]

# --- people ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "teams.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "/"

# --- what browsers are told ------------------------------------------------------------------
SECURE_COOKIES = environment.flag("ACCORD_SECURE_COOKIES", default=_IS_HTTPS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_FAILURE_VIEW = "accord.web.refusals.not_fresh"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _IS_HTTPS else 0
# The server in front says so; it must drop this header when a browser sends it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "accord.config.frontend.Packages",
]
# `accord up` collects, compresses and names files by their content; before that, and in tests,
# they are served from where they lie.
_IS_COLLECTED = (STATIC_ROOT / "staticfiles.json").is_file() and not DEBUG
WHITENOISE_USE_FINDERS = not _IS_COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _IS_COLLECTED or os.environ.get("ACCORD_COLLECTING")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- words and time --------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]

# --- mail ------------------------------------------------------------------------------------
EMAIL_BACKEND = "accord.config.mail.Backend"
DEFAULT_FROM_EMAIL = os.environ.get("ACCORD_MAIL_FROM", "Accord <accord@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if os.environ.get("ACCORD_SMTP_URL"):
    globals().update(environment.mail_server(os.environ["ACCORD_SMTP_URL"]))

# Beside public addresses, what may be posted to.
EGRESS = environment.networks("ACCORD_EGRESS")

MAILBOX = (
    environment.mailbox(os.environ["ACCORD_IMAP_URL"])
    if os.environ.get("ACCORD_IMAP_URL")
    else None
)
COPY_ADDRESS = os.environ.get("ACCORD_COPY_ADDRESS", "").strip().lower()

# --- log -------------------------------------------------------------------------------------
# To stderr, and without personal data: no addresses, no bodies, no values of parameters.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": os.environ.get("ACCORD_LOG_LEVEL", "WARNING").upper(),
    },
    "loggers": {
        "django": {"level": "WARNING"},
        # 4xx are answers, not trouble; 5xx are logged as errors.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"level": "ERROR"},
        # It would say where a request goes and what comes back, secrets and all.
        "httpcore": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
    },
}
