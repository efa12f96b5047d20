"""The statement part that says which balances may serve, in which order, and how much of each (stock §1 and §4)."""

# Parameters: seller, held (array of the balances that are locked: one that came in since serves the next), warehouses
# (array in serving order, or null for the seller's own by priority).
# `shelf`: one row per usable balance, as an interval (s1 − usable, s1] of its variant. Safety stock is withheld from
# each warehouse as a whole, hence from the balances that would serve last.
SUPPLY = """place AS (
    SELECT w.id, row_number() OVER (
        ORDER BY array_position(%(warehouses)s::bigint[], w.id), w.priority, w.id) AS turn
    FROM stock_warehouse w
    WHERE CASE WHEN %(warehouses)s::bigint[] IS NULL
        THEN w.organization_id = %(seller)s AND w.allocates ELSE w.id = ANY(%(warehouses)s::bigint[]) END
), stored AS (
    SELECT b.id AS balance_id, b.variant_id, p.turn, b.on_hand - b.allocated - b.reserved AS unpromised,
           sum(b.on_hand - b.allocated - b.reserved)
               OVER (PARTITION BY b.variant_id, p.turn ORDER BY b.id) AS up_to_here,
           sum(b.on_hand - b.allocated - b.reserved) OVER (PARTITION BY b.variant_id, p.turn)
               - coalesce(f.quantity, 0) AS usable_there
    FROM stock_stockbalance b
    JOIN place p ON p.id = b.warehouse_id
    LEFT JOIN stock_safetystock f ON f.organization_id = %(seller)s
        AND f.variant_id = b.variant_id AND f.warehouse_id = b.warehouse_id
    WHERE b.id = ANY(%(held)s::bigint[])
), cut AS (
    SELECT balance_id, variant_id, turn, least(unpromised, usable_there - (up_to_here - unpromised)) AS usable
    FROM stored
), shelf AS (
    SELECT balance_id, variant_id, usable,
           sum(usable) OVER (PARTITION BY variant_id ORDER BY turn, balance_id) AS s1
    FROM cut WHERE usable > 0
)"""
