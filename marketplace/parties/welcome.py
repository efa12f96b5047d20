"""The first message to a new member: where to set a password, in the member's language."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.core.models import OutboxEvent
from marketplace.parties.models import Membership


def welcome(event: OutboxEvent) -> None:
    """Write to a member who has no password yet. Heard again, it sends the message again, which does no harm."""
    seat = Membership.objects.select_related("user", "organization").filter(pk=event.aggregate_id).first()
    if seat is None or not seat.is_active or seat.user.has_usable_password():
        return
    with translation.override(seat.user.language or seat.organization.language):
        text = render_to_string("parties/welcome.txt", {"seat": seat, "link": password_link(seat)})
        subject = _("Your seat at %(organization)s") % {"organization": seat.organization.name}
        send_mail(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject, text, None, [seat.user.email])


def password_link(seat: Membership) -> str:
    """The address at which the member sets a password; it works once, and as long as that of a forgotten one."""
    key = default_token_generator.make_token(seat.user)
    parts = {"uidb36": user_pk_to_url_str(seat.user), "key": key}
    return settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=parts)
