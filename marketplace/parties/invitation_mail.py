"""The message of an invitation, in the language it was written for."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.core.models import OutboxEvent
from marketplace.parties.invitations import token_of
from marketplace.parties.models import Invitation, InvitationKind, InvitationStatus


def link_of(invitation: Invitation) -> str:
    """Where the invited person answers."""
    return f"{settings.PUBLIC_URL}/invitations/{token_of(invitation)}/"


def send_invitation(event: OutboxEvent) -> None:
    """Write to the invited person. Heard again, it sends the newest link again, which does no harm."""
    rows = Invitation.objects.select_related("organization", "partnership__downstream", "invited_by")
    invitation = rows.filter(pk=event.aggregate_id, status=InvitationStatus.SENT).first()
    if invitation is None or invitation.expires_at <= timezone.now():
        return
    with translation.override(invitation.language):
        whose = {"organization": invitation.organization.name}
        if invitation.kind == InvitationKind.PARTNER:
            subject = _("%(organization)s invites you to order online") % whose
        else:
            subject = _("%(organization)s invites you to join") % whose
        text = render_to_string("parties/invitation.txt", {"invitation": invitation, "link": link_of(invitation)})
        send_mail(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject, text, None, [invitation.email])
