"""How a buyer gets to an order: admission, requisition, sourcing, auctions, performance."""
