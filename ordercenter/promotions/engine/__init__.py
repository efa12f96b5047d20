"""The arithmetic of promotions: pure functions on plain values, no database (promotions §2 to §6).

Inside, money is whole minor units of the currency, quantities are millionths, values ten-thousandths: all of it
integers, so that nothing is rounded but where the rules round, and a large order is worked out quickly.
"""
