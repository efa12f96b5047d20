from django.urls import path

from ordercenter.contracts.views import contract_document, contract_evidence

urlpatterns = [
    path("files/contracts/<int:key>/document.pdf", contract_document, name="contract_document"),
    path("files/contracts/<int:key>/evidence.zip", contract_evidence, name="contract_evidence"),
]
