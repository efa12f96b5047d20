"""What the audit log calls payments and what banks tell."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.changes import audited

audited("payment", "payments.Payment", _("Payment"))
audited("bank_statement", "payments.BankStatement", _("Bank statement"))
audited("bank_line", "payments.BankLine", _("Line of a bank statement"))
