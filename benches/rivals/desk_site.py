"""django-helpdesk as its documentation sets it up, for benches/src/rival.rs: one file that is settings, addresses and
loader. `desk_site.py load LETTERS` fills the database (JSON Lines: title, body, open) and prints a session and a token;
`gunicorn desk_site:application` serves it. The database comes from RIVAL_HOST and RIVAL_DB."""

import json
import os
import sys

import django
from django.conf import settings

HERE = os.path.dirname(os.path.abspath(__file__))

settings.configure(
    SECRET_KEY="only-for-the-benchmark",
    DEBUG=False,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SITE_ID=1,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    LANGUAGE_CODE="en",
    STATIC_URL="/static/",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    HELPDESK_ACTIVATE_API_ENDPOINT=True,
    HELPDESK_TEAMS_MODE_ENABLED=False,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ.get("RIVAL_HOST", ""),
            "NAME": os.environ.get("RIVAL_DB", "helpdesk"),
            "USER": "postgres",
            "CONN_MAX_AGE": 600,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.sites",
        "django.contrib.messages",
        "django.contrib.humanize",
        "django.contrib.staticfiles",
        "rest_framework",
        "helpdesk",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls), path("helpdesk/", include("helpdesk.urls", namespace="helpdesk"))]
application = get_wsgi_application()


def load(letters):
    from datetime import timedelta

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.middleware.csrf import _get_new_csrf_string
    from django.utils import timezone
    from helpdesk.models import FollowUp, Queue, Ticket

    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create_superuser("bench", "bench@example.org", "only-for-the-benchmark")
    queue = Queue.objects.create(title="Street", slug="street", allow_public_submission=True)
    now, batch, first = timezone.now(), [], None
    with open(letters, encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            letter = json.loads(line)
            status = Ticket.OPEN_STATUS if letter["open"] else Ticket.CLOSED_STATUS
            at = now - timedelta(minutes=10 * n)
            batch.append(
                Ticket(title=letter["title"], description=letter["body"], queue=queue, status=status, created=at,
                       modified=at, priority=3, submitter_email=f"resident{n % 3000}@example.org", secret_key="x")
            )
            if len(batch) == 5000:
                batch = save(Ticket, FollowUp, batch)
    save(Ticket, FollowUp, batch)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    first = Ticket.objects.order_by("id").first().id
    print(json.dumps({"session": session.session_key, "token": _get_new_csrf_string(), "first": first, "queue": queue.id}))


def save(ticket, followup, batch):
    """Each ticket with two entries, as a short history."""
    made = ticket.objects.bulk_create(batch)
    followup.objects.bulk_create(
        [followup(ticket=one, date=one.created, title=title, comment=one.title, public=True)
         for one in made for title in ("Ticket Opened", "Comment")]
    )
    return []


if __name__ == "__main__" and sys.argv[1:2] == ["load"]:
    load(sys.argv[2])
