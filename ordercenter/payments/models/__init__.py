"""Tables of payments: money in and back, and statements of banks."""

from ordercenter.payments.models.banking import BankLine, BankStatement
from ordercenter.payments.models.payments import Payment, PaymentTarget, Refund

__all__ = ["BankLine", "BankStatement", "Payment", "PaymentTarget", "Refund"]
