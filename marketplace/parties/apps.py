from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from marketplace.core.events import declare, subscribe
from marketplace.core.permissions import Permission

SELLERS = ("seller_owner", "seller_sales", "seller_pricing", "seller_warehouse", "seller_finance")
OWNERS = ("seller_owner", "dealer_owner")


class PartiesConfig(AppConfig):
    name = "marketplace.parties"
    label = "parties"
    verbose_name = _("Parties")
    default_auto_field = "django.db.models.BigAutoField"
    permissions = (
        Permission("partners.view", _("See partners"), SELLERS, reads=True),
        Permission("partners.manage", _("Manage partners"), ("seller_owner", "seller_sales")),
        Permission("partners.view_as", _("View as a partner"), ("seller_owner", "seller_sales")),
        Permission("organization.manage", _("Manage the organization"), OWNERS),
        Permission("members.view", _("See members"), (*OWNERS, "seller_sales"), reads=True),
        Permission("members.manage", _("Manage members and roles"), OWNERS),
        Permission("tax.profile", _("Manage the tax profile"), (*OWNERS, "seller_finance", "dealer_finance")),
        Permission("addresses.manage", _("Manage addresses"), (*OWNERS, "dealer_buyer", "seller_warehouse")),
    )

    def ready(self) -> None:
        post_migrate.connect(refresh_roles, sender=self)
        # Only now there are models.
        from marketplace.parties.events import KINDS
        from marketplace.parties.invitation_mail import send_invitation
        from marketplace.parties.users import take_seat_at_sign_in
        from marketplace.parties.welcome import welcome

        user_logged_in.connect(take_seat_at_sign_in, dispatch_uid="parties.seat")
        declare(*KINDS)
        subscribe("member.created", "welcome", writes=False)(welcome)
        subscribe("invitation.sent", "invitation mail", writes=False)(send_invitation)


def refresh_roles(**_of_signal: object) -> None:
    """After an upgrade the preset roles carry what the rooms declare now; on the way back their table may be gone."""
    from marketplace.parties.models import Role
    from marketplace.parties.roles import refresh_preset_roles

    if Role._meta.db_table in connection.introspection.table_names():
        refresh_preset_roles()
