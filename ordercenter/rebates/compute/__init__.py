"""What a rebate is worth: pure functions of figures, without a database (docs/concepts/rebates.md)."""
