"""News: the seller writes it, its dealers read it."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from storefront.page import page
from storefront.words import SAVED

PUBLISHED = _("The bulletin is published.")
WITHDRAWN = _("The bulletin is withdrawn.")

reading = page("bulletins/reading")
bulletin = page("bulletins/bulletin", needs="bulletin")
writing = page("bulletins/writing", done={"Publish": PUBLISHED, "Withdraw": WITHDRAWN, "Delete": _("Deleted.")})
new = page("bulletins/new", then={"Write": "/office/bulletins/%(bulletin.id)s/"}, done={"Write": SAVED})
edit = page(
    "bulletins/edit",
    needs="bulletin",
    then={"Delete": "/office/bulletins/"},
    done={"Write": SAVED, "Publish": PUBLISHED, "Withdraw": WITHDRAWN, "Delete": _("Deleted.")},
)

urlpatterns = [
    path("bulletins/", reading, name="bulletins"),
    path("bulletins/<str:id>/", bulletin, name="bulletin"),
    path("office/bulletins/", writing, name="office_bulletins"),
    path("office/bulletins/new/", new, name="bulletin_new"),
    path("office/bulletins/<str:id>/", edit, name="bulletin_edit"),
]
