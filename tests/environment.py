"""Loaded before Django's settings are: gives the tests services of their own.

Where DATABASE_URL and REDIS_URL name services, those are used. Else the embedded ones are started in `var/test`,
without waiting for the disk. ENTREPOT_TEST_DB names the test database, so that people who share a server do not meet.
"""

import os

os.environ.setdefault("ENTREPOT_SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
