"""The one statement that prices lines, written by hand: what it asks of each table is one index probe a line and list.

Its parts are shared by resolving and explaining, so that the price in an explanation is the price on the line
(docs/concepts/pricing.md, Resolving). Parameters are arrays written as text, one element a line: their types do not
change with their values, so the prepared statement is found again. OFFSET 0 keeps a probe by key a probe: a handful of
lists is looked up in thousands, which a planner that knows no figures would rather read whole. The arrays stand in
subqueries, so that the planner cannot see how long they are and never finds it worth planning for one call.
"""

import re

from marketplace.catalog.goods import RULE

# The instant of a line: its own, else the beginning of its day of delivery where the seller prices by it, else now.
INPUT = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        (SELECT %(baskets)s::integer[]), (SELECT %(partnerships)s::bigint[]), (SELECT %(variants)s::bigint[]),
        (SELECT %(uoms)s::bigint[]), (SELECT %(quantities)s::numeric[]), (SELECT %(agreed)s::numeric[]),
        (SELECT %(instants)s::timestamptz[]), (SELECT %(deliveries)s::date[])
    ) WITH ORDINALITY AS line (basket, partnership_id, variant_id, uom_id, quantity, agreed, at, delivery, ord)
),
by_delivery AS MATERIALIZED (
    SELECT partnership.id, seller.time_zone
    FROM (SELECT DISTINCT partnership_id FROM given WHERE delivery IS NOT NULL AND at IS NULL) AS asked
    CROSS JOIN LATERAL (SELECT * FROM parties_partnership WHERE id = asked.partnership_id OFFSET 0) AS partnership
    JOIN parties_organization AS seller ON seller.id = partnership.upstream_id
    JOIN pricing_pricingsettings AS settings ON settings.organization_id = partnership.upstream_id
        AND settings.currency = partnership.currency AND settings.price_date = 'delivery'
),
input AS MATERIALIZED (
    SELECT ord, basket, partnership_id, variant_id, uom_id, quantity, agreed,
        coalesce(at, delivery::timestamp AT TIME ZONE by_delivery.time_zone, now()) AS at
    FROM given LEFT JOIN by_delivery ON by_delivery.id = given.partnership_id
),"""

# What a buyer is shown before it has said anything: variants without a uom are asked for in their default pack, those
# without a quantity in the least that may be ordered. Each is priced by itself.
OFFERED = f"""
WITH scope AS MATERIALIZED (
    SELECT partnership.id AS partnership_id, partnership.upstream_id AS seller_id, partnership.grade_id,
        grouping.ancestors AS groups
    FROM parties_partnership AS partnership
    LEFT JOIN parties_partnergroup AS grouping ON grouping.id = partnership.group_id
    WHERE partnership.upstream_id = %(seller)s::bigint AND partnership.downstream_id = %(buyer)s::bigint
),
input AS MATERIALIZED (
    SELECT given.ord, given.ord AS basket, scope.partnership_id, given.variant_id, pack.uom_id,
        coalesce(given.quantity, greatest(ceil(coalesce(rule.least, 0) / least.stride), 1) * least.stride / pack.factor)
            AS quantity,
        NULL::numeric AS agreed, now() AS at
    FROM unnest((SELECT %(variants)s::bigint[]), (SELECT %(uoms)s::text[]), (SELECT %(quantities)s::numeric[]))
        WITH ORDINALITY AS given (variant_id, uom_code, quantity, ord)
    CROSS JOIN scope
    JOIN catalog_variant AS variant ON variant.id = given.variant_id
    JOIN LATERAL (
        SELECT own.uom_id, own.factor, unit.exponent
        FROM catalog_pack AS own JOIN catalog_unitofmeasure AS unit ON unit.id = own.uom_id
        WHERE own.variant_id = given.variant_id
            AND (given.uom_code IS NULL OR upper(unit.code) = upper(given.uom_code))
        ORDER BY own.is_default DESC, own.is_base DESC, own.id LIMIT 1
    ) AS pack ON true
    {RULE}
    CROSS JOIN LATERAL (
        SELECT CASE WHEN rule.step IS NULL THEN finest ELSE lcm(rule.step, finest) END AS stride
        FROM (SELECT pack.factor / 10::numeric ^ pack.exponent AS finest) AS uom
    ) AS least
),"""

BUYER = """buyer AS MATERIALIZED (
    SELECT asked.at, partnership.id AS partnership_id, partnership.upstream_id AS seller_id, partnership.currency,
        partnership.grade_id, coalesce(grouping.ancestors, '{{}}') AS groups, partnership.price_scope,
        coalesce(settings.strategy, 'priority') AS strategy, coalesce(settings.tax_included, true) AS tax_included
    FROM (SELECT DISTINCT partnership_id, at FROM input) AS asked
    CROSS JOIN LATERAL (SELECT * FROM parties_partnership WHERE id = asked.partnership_id OFFSET 0) AS partnership
    LEFT JOIN parties_partnergroup AS grouping ON grouping.id = partnership.group_id
    LEFT JOIN pricing_pricingsettings AS settings
        ON settings.organization_id = partnership.upstream_id AND settings.currency = partnership.currency
    WHERE {condition}
)"""

ASKED_BY_A_SIDE = """partnership.upstream_id = %(seller)s::bigint
        AND (%(asker)s::bigint IS NULL OR %(asker)s::bigint IN (partnership.upstream_id, partnership.downstream_id))"""

# A line with what its variant, its uom and its buyer say, and the quantity its tiers are compared with by scope.
LINES = f"""
{BUYER.format(condition=ASKED_BY_A_SIDE)},
checked AS (
    SELECT input.*, buyer.currency, buyer.strategy, buyer.tax_included, variant.product_id, pack.factor,
        base.uom_id AS base_uom_id,
        CASE WHEN buyer.partnership_id IS NULL THEN 'NOT_FOUND'
            WHEN variant.id IS NULL THEN 'UNKNOWN_VARIANT'
            WHEN pack.id IS NULL THEN 'UNKNOWN_UOM'
            WHEN input.quantity <= 0 OR input.quantity * pack.factor >= 1e12 THEN 'QUANTITY_INVALID'
            WHEN scale(trim_scale(input.quantity)) > uom.exponent
                OR scale(trim_scale(input.quantity * pack.factor)) > 6 THEN 'QUANTITY_PRECISION'
        END AS error
    FROM input
    LEFT JOIN buyer ON buyer.partnership_id = input.partnership_id AND buyer.at = input.at
    LEFT JOIN catalog_variant AS variant ON variant.id = input.variant_id
    LEFT JOIN catalog_pack AS pack ON pack.variant_id = input.variant_id AND pack.uom_id = input.uom_id
    LEFT JOIN catalog_unitofmeasure AS uom ON uom.id = pack.uom_id
    LEFT JOIN catalog_pack AS base ON base.variant_id = input.variant_id AND base.is_base
),
line AS MATERIALIZED (
    SELECT checked.*, quantity * factor AS base_quantity,
        sum(quantity * factor) FILTER (WHERE error IS NULL) OVER (PARTITION BY partnership_id, basket, variant_id)
            AS variant_quantity,
        sum(quantity * factor) FILTER (WHERE error IS NULL) OVER (PARTITION BY partnership_id, basket, product_id)
            AS product_quantity
    FROM checked
)"""

# The lists of each buyer with the reason that keeps one out of the chain; the others in order, best first.
CHAIN = """,
considered AS MATERIALIZED (
    SELECT buyer.partnership_id, buyer.at, assigned.level, assigned.depth, assigned.priority, assigned.merge,
        assigned.id AS assignment_id, assigned.policy_id, list.id AS list_id, list.uom_fallback, list.tier_scope,
        list.version, list.fixed,
        CASE WHEN list.currency <> buyer.currency THEN 'OTHER_CURRENCY'
            WHEN list.status <> 'effective' OR policy.status <> 'effective' THEN 'LIST_NOT_EFFECTIVE'
            WHEN buyer.at < list.valid_from OR buyer.at < policy.valid_from THEN 'LIST_NOT_STARTED'
            WHEN buyer.at >= list.valid_to OR buyer.at >= policy.valid_to THEN 'LIST_ENDED'
            WHEN buyer.price_scope = 'own' AND assigned.level > 1 THEN 'OUT_OF_SCOPE'
        END AS reason
    FROM buyer
    CROSS JOIN LATERAL (
        SELECT id, policy_id, price_list_id, priority, merge, 1 AS level, 0 AS depth
        FROM pricing_pricepolicyline WHERE kind = 'list' AND partnership_id = buyer.partnership_id
        UNION ALL
        SELECT id, policy_id, price_list_id, priority, merge, 2, array_position(buyer.groups, group_id)
        FROM pricing_pricepolicyline WHERE kind = 'list' AND group_id = ANY (buyer.groups)
        UNION ALL
        SELECT id, policy_id, price_list_id, priority, merge, 3, 0
        FROM pricing_pricepolicyline WHERE kind = 'list' AND grade_id = buyer.grade_id
        UNION ALL
        SELECT id, policy_id, price_list_id, priority, merge, 4, 0
        FROM pricing_pricepolicyline WHERE kind = 'list' AND organization_id = buyer.seller_id
            AND partnership_id IS NULL AND group_id IS NULL AND grade_id IS NULL
    ) AS assigned
    CROSS JOIN LATERAL (SELECT * FROM pricing_pricepolicy WHERE id = assigned.policy_id OFFSET 0) AS policy
    CROSS JOIN LATERAL (SELECT * FROM pricing_pricelist WHERE id = assigned.price_list_id OFFSET 0) AS list
),
chain AS MATERIALIZED (
    SELECT best.*, row_number() OVER (
        PARTITION BY partnership_id, at ORDER BY level, depth DESC, priority, assignment_id) AS rank
    FROM (
        SELECT DISTINCT ON (partnership_id, at, list_id) * FROM considered WHERE reason IS NULL
        ORDER BY partnership_id, at, list_id, level, depth DESC, priority, assignment_id
    ) AS best
)"""

# What each list of the chain offers for each line, and the offer that wins.
WINNER = """,
candidate AS MATERIALIZED (
    SELECT line.ord, line.strategy, chain.rank, chain.merge, chain.list_id, chain.version, chain.fixed,
        coalesce(own.id, derived.id) AS row_id,
        CASE WHEN own.id IS NULL THEN line.base_uom_id ELSE line.uom_id END AS row_uom_id,
        coalesce(own.amount, derived.amount) AS amount,
        coalesce(own.min_quantity * line.factor, derived.min_quantity) AS threshold,
        coalesce(own.amount, derived.amount * line.factor) AS value
    FROM line
    JOIN chain ON chain.partnership_id = line.partnership_id AND chain.at = line.at
    CROSS JOIN LATERAL (
        SELECT CASE chain.tier_scope WHEN 'line' THEN line.base_quantity WHEN 'variant' THEN line.variant_quantity
            ELSE line.product_quantity END AS reached
    ) AS tier
    LEFT JOIN LATERAL (
        SELECT id, amount, min_quantity FROM pricing_pricerow
        WHERE price_list_id = chain.list_id AND variant_id = line.variant_id AND uom_id = line.uom_id
            AND min_quantity * line.factor <= tier.reached AND valid_from <= line.at AND valid_to > line.at
        ORDER BY min_quantity DESC, valid_from DESC LIMIT 1
    ) AS own ON true
    LEFT JOIN LATERAL (
        SELECT id, amount, min_quantity FROM pricing_pricerow
        WHERE own.id IS NULL AND chain.uom_fallback = 'base' AND line.uom_id <> line.base_uom_id
            AND price_list_id = chain.list_id AND variant_id = line.variant_id AND uom_id = line.base_uom_id
            AND min_quantity <= tier.reached AND valid_from <= line.at AND valid_to > line.at
        ORDER BY min_quantity DESC, valid_from DESC LIMIT 1
    ) AS derived ON true
    WHERE line.error IS NULL AND (own.id IS NOT NULL OR derived.id IS NOT NULL)
),
winner AS MATERIALIZED (
    SELECT DISTINCT ON (ord) * FROM (
        SELECT candidate.*, first_value(merge) OVER by_rank AS first_merges,
            first_value(rank) OVER by_rank AS first_rank
        FROM candidate WINDOW by_rank AS (PARTITION BY ord ORDER BY rank)
    ) AS offer
    WHERE strategy = 'minimum' OR rank = first_rank OR (first_merges AND merge)
    ORDER BY ord, CASE strategy WHEN 'minimum' THEN value END,
        CASE strategy WHEN 'priority' THEN threshold END DESC, rank
)"""

# By what lines of policies are found: the product keys of each line and the audience keys of its buyer, only where the
# seller has any; the numbers are those of the generated columns of PricePolicyLine (pricing §3).
KEYS = """,
ruled AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM pricing_pricepolicyline
        WHERE organization_id = %(seller)s::bigint AND kind <> 'list') AS holds
),
about AS MATERIALIZED (
    SELECT line.ord, line.partnership_id, line.at, key.product_key, key.scope, key.depth
    FROM line
    JOIN catalog_product AS product ON product.id = line.product_id
    LEFT JOIN catalog_category AS category ON category.id = product.category_id
    CROSS JOIN LATERAL (
        SELECT line.variant_id * 8 + 1 AS product_key, 1 AS scope, 0::bigint AS depth
        UNION ALL SELECT line.product_id * 8 + 2, 2, 0
        UNION ALL SELECT above.id * 8 + 3, 3, above.depth
            FROM unnest(category.ancestors) WITH ORDINALITY AS above (id, depth)
        UNION ALL SELECT product.brand_id * 8 + 4, 4, 0 WHERE product.brand_id IS NOT NULL
        UNION ALL SELECT 0, 5, 0
    ) AS key
    WHERE line.error IS NULL AND (SELECT holds FROM ruled)
),
whom AS MATERIALIZED (
    SELECT buyer.partnership_id, buyer.at, key.audience_key, key.level, key.depth
    FROM buyer
    CROSS JOIN LATERAL (
        SELECT buyer.partnership_id * 8 + 1 AS audience_key, 1 AS level, 0::bigint AS depth
        UNION ALL SELECT above.id * 8 + 2, 2, above.depth
            FROM unnest(buyer.groups) WITH ORDINALITY AS above (id, depth)
        UNION ALL SELECT buyer.grade_id * 8 + 3, 3, 0 WHERE buyer.grade_id IS NOT NULL
        UNION ALL SELECT 0, 4, 0
    ) AS key
    WHERE (SELECT holds FROM ruled)
)"""

# The lines of policies that change or bound prices: found by the distinct keys of the call, in one look into one index.
# Of each step the most specific applies, and the most specific floor. Of lines for the same goods the best for the same
# audience and window, then the buyer's best is chosen first: joined to the lines of the call as they are, a thousand
# lines for all goods took four times the rest.
TERMS = """,
rule AS MATERIALIZED (
    SELECT DISTINCT ON (rule.product_key, rule.audience_key, rule.step, rule.valid_from, rule.valid_to)
        rule.id, rule.policy_id, rule.kind, rule.step, rule.value, rule.priority, rule.product_key,
        rule.audience_key, rule.valid_from, rule.valid_to
    FROM pricing_pricepolicyline AS rule
    CROSS JOIN LATERAL (SELECT status FROM pricing_pricepolicy WHERE id = rule.policy_id OFFSET 0) AS policy
    WHERE rule.organization_id = %(seller)s::bigint AND rule.kind <> 'list'
        AND rule.product_key = ANY ((SELECT array_agg(DISTINCT product_key) FROM about)::bigint[])
        AND rule.audience_key = ANY ((SELECT array_agg(DISTINCT audience_key) FROM whom)::bigint[])
        AND policy.status = 'effective'
    ORDER BY rule.product_key, rule.audience_key, rule.step, rule.valid_from, rule.valid_to, rule.priority, rule.id
),
choice AS MATERIALIZED (
    SELECT DISTINCT ON (whom.partnership_id, whom.at, rule.product_key, rule.step)
        rule.*, whom.partnership_id, whom.at, whom.level, whom.depth
    FROM (SELECT DISTINCT partnership_id, at, product_key FROM about) AS asked
    JOIN rule ON rule.product_key = asked.product_key
    JOIN whom ON whom.partnership_id = asked.partnership_id AND whom.at = asked.at
        AND whom.audience_key = rule.audience_key
    WHERE rule.valid_from <= whom.at AND rule.valid_to > whom.at
    ORDER BY whom.partnership_id, whom.at, rule.product_key, rule.step, whom.level, whom.depth DESC, rule.priority,
        rule.id
),
matched AS MATERIALIZED (
    SELECT about.ord, choice.id, choice.policy_id, choice.kind, choice.step, choice.value, choice.level, about.scope,
        row_number() OVER (PARTITION BY about.ord, choice.step ORDER BY choice.level, choice.depth DESC, about.scope,
            about.depth DESC, choice.priority, choice.id) AS place
    FROM choice
    JOIN about ON about.product_key = choice.product_key AND about.partnership_id = choice.partnership_id
        AND about.at = choice.at
),
terms AS MATERIALIZED (
    SELECT ord, jsonb_agg(jsonb_build_array(id, policy_id, kind, step, value::text) ORDER BY step, id) AS found
    FROM matched WHERE place = 1 GROUP BY ord
)"""

# With an agreed price the lists are still asked: the line keeps what it would have cost by them as its list price.
RESULT = """
SELECT line.ord,
    coalesce(line.error, CASE WHEN winner.ord IS NULL AND line.agreed IS NULL THEN 'NO_PRICE' END) AS error,
    round(winner.value, 4) AS list_price, winner.row_id, winner.list_id, winner.version, winner.threshold,
    line.base_quantity, line.factor, line.currency, line.tax_included, line.at, winner.amount, winner.row_uom_id,
    line.uom_id, winner.value, winner.fixed, terms.found
    {trace}
FROM line LEFT JOIN winner ON winner.ord = line.ord LEFT JOIN terms ON terms.ord = line.ord
ORDER BY line.ord
"""

# Everything the choice was made from; numbers as text, for JSON has only binary ones.
TRACE = """,
    line.strategy, line.base_uom_id, line.variant_quantity, line.product_quantity,
    (SELECT jsonb_agg(jsonb_build_object('list', list.list_id, 'assignment', list.assignment_id, 'level', list.level,
            'reason', list.reason, 'fallback', list.uom_fallback, 'scope', list.tier_scope,
            'rank', (SELECT chain.rank FROM chain WHERE chain.partnership_id = list.partnership_id
                AND chain.at = list.at AND chain.assignment_id = list.assignment_id))
            ORDER BY list.level, list.depth DESC, list.priority, list.assignment_id)
        FROM considered AS list WHERE list.partnership_id = line.partnership_id AND list.at = line.at) AS lists,
    (SELECT jsonb_agg(jsonb_build_object('list', list_id, 'rank', rank, 'merge', merge, 'row', row_id,
            'uom', row_uom_id, 'threshold', threshold::text, 'value', value::text) ORDER BY rank)
        FROM candidate WHERE candidate.ord = line.ord) AS candidates,
    (SELECT jsonb_agg(jsonb_build_object('row', row.id, 'list', row.price_list_id, 'uom', row.uom_id,
            'min', row.min_quantity::text, 'amount', row.amount::text, 'from', row.valid_from, 'to', row.valid_to)
            ORDER BY row.uom_id, row.min_quantity, row.valid_from)
        FROM pricing_pricerow AS row WHERE row.variant_id = line.variant_id AND row.price_list_id IN (
            SELECT list_id FROM considered WHERE partnership_id = line.partnership_id AND at = line.at)) AS rows,
    (SELECT jsonb_agg(jsonb_build_object('line', id, 'policy', policy_id, 'kind', kind, 'step', step,
            'value', value::text, 'level', level, 'place', place) ORDER BY step, place)
        FROM matched WHERE matched.ord = line.ord) AS terms
"""

# Quantities at which the price of a variant may step, by uom: the least one, and the thresholds of all lists. OFFSET 0
# keeps each list a look into its index: joined freely, whole lists were read for one product.
TIERS = f"""
WITH input AS MATERIALIZED (SELECT %(partnership)s::bigint AS partnership_id, now() AS at),
{BUYER.format(condition="true")}{CHAIN},
packed AS MATERIALIZED (
    SELECT pack.variant_id, pack.uom_id, pack.factor, base.uom_id AS base_uom_id,
        1 / 10::numeric ^ unit.exponent AS least
    FROM catalog_pack AS pack JOIN catalog_unitofmeasure AS unit ON unit.id = pack.uom_id
    JOIN catalog_pack AS base ON base.variant_id = pack.variant_id AND base.is_base
    WHERE pack.variant_id = ANY ((SELECT %(variants)s::bigint[])::bigint[])
),
step AS (
    SELECT packed.variant_id, packed.uom_id, packed.factor, greatest(packed.least, ceil(
            row.min_quantity / CASE WHEN row.uom_id = packed.uom_id THEN 1 ELSE packed.factor END / packed.least
        ) * packed.least) AS quantity
    FROM packed CROSS JOIN chain
    CROSS JOIN LATERAL (
        SELECT uom_id, min_quantity FROM pricing_pricerow
        WHERE price_list_id = chain.list_id AND variant_id = packed.variant_id
            AND (uom_id = packed.uom_id OR uom_id = packed.base_uom_id AND chain.uom_fallback = 'base')
            AND valid_from <= chain.at AND valid_to > chain.at
        OFFSET 0
    ) AS row
)
SELECT variant_id, uom_id, quantity, row_number() OVER (PARTITION BY variant_id, uom_id ORDER BY quantity)
FROM step GROUP BY variant_id, uom_id, factor, quantity ORDER BY variant_id, factor, uom_id, quantity
"""

RESOLVE = INPUT + LINES + CHAIN + WINNER + KEYS + TERMS + RESULT.format(trace="")
# An explanation tells those that were not chosen, too.
EVERY_TERM = re.sub(r"DISTINCT ON \(.*?\)", "", TERMS)
EXPLAIN = INPUT + LINES + CHAIN + WINNER + KEYS + EVERY_TERM + RESULT.format(trace=TRACE)
OFFER = OFFERED + LINES + CHAIN + WINNER + KEYS + TERMS + RESULT.format(trace="")
