"""Accord's settings, over a PostgreSQL of the tests' own.

It is started before the settings are read, in `.test-home`, and stopped by the last run that
uses it. ACCORD_TEST_DATABASE_URL names another server, such as an older PostgreSQL, and one of its
superusers.
"""

import os

from tests import ground

os.environ.update(ground.prepare())

from accord.config.settings import *  # noqa: F403
from accord.config.settings import DATABASES, STATIC_ROOT, STORAGES

DATABASES["default"]["TEST"] = {
    "NAME": os.environ["ACCORD_TEST_NAME"],
    "TEMPLATE": os.environ["ACCORD_TEST_TEMPLATE"] or None,
}
# Health checks would stand in every query count.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
# Argon2 is slow on purpose; tests sign in often.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Static files are served from where they lie; the folder of collected ones only has to be there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# A file is looked for when it is asked for, instead of all of them for each client of a test.
WHITENOISE_AUTOREFRESH = True
