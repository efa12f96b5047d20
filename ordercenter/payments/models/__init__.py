"""Tables of payments: money in and back, what providers tell, and statements of banks."""

from ordercenter.payments.models.banking import BankLine, BankStatement
from ordercenter.payments.models.payments import Chargeback, Payment, PaymentTarget, Refund
from ordercenter.payments.models.providers import ProviderEvent

__all__ = ["BankLine", "BankStatement", "Chargeback", "Payment", "PaymentTarget", "ProviderEvent", "Refund"]
