"""Other systems: what comes from them and goes to them."""
