"""Prices from a sheet: staged, checked as a whole, shown, applied in one transaction, taken back (pricing §6)."""
