"""What one was told, and the bell in the header that counts it."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page

notices = page("notices/notices", parts={"drawer"}, done={"Read": _("Marked as read.")})

urlpatterns = [path("notifications/", notices, name="notices")]
