"""How a seller works its channel: network, dealer stock, plans, expenses, reviews, reps."""
