"""The statement that prices lines under an assumption: the one of `resolve` with what an assumption changes of it.

Lists and policies that are assumed count as in effect whatever their status and window say, others as not in effect. Of
an assumed list the rows are asked that hold at an instant of the assumption, which may be to come.
"""

from collections.abc import Mapping

from ordercenter.pricing.statement import RESOLVE, RESULT, TERMS

LISTS, POLICIES, WITHOUT = (f"ANY (%({name})s::bigint[])" for name in ("lists", "policies", "without"))
OUR_LIST, OUR_POLICY = f"list.id = {LISTS}", f"assigned.policy_id = {POLICIES}"

CHANGES = {
    "list.status <> 'effective' OR policy.status <> 'effective'": f"""
            list.status <> 'effective' AND NOT {OUR_LIST} OR policy.status <> 'effective' AND NOT {OUR_POLICY}
            OR assigned.policy_id = {WITHOUT}""",
    "buyer.at < list.valid_from OR buyer.at < policy.valid_from": f"""
            buyer.at < list.valid_from AND NOT {OUR_LIST} OR buyer.at < policy.valid_from AND NOT {OUR_POLICY}""",
    "buyer.at >= list.valid_to OR buyer.at >= policy.valid_to": f"""
            buyer.at >= list.valid_to AND NOT {OUR_LIST} OR buyer.at >= policy.valid_to AND NOT {OUR_POLICY}""",
    "ELSE line.product_quantity END AS reached": f"""
            ELSE line.product_quantity END AS reached,
            CASE WHEN chain.list_id = {LISTS} THEN %(assumed_at)s::timestamptz ELSE line.at END AS at""",
    "tier.reached AND valid_from <= line.at AND valid_to > line.at": """
            tier.reached AND valid_from <= tier.at AND valid_to > tier.at""",
    "AND policy.status = 'effective'\n": f"""AND (rule.policy_id = {POLICIES}
            OR policy.status = 'effective' AND NOT rule.policy_id = {WITHOUT})\n""",
    # A line of an assumed policy holds whatever its window says: it must not give way to one whose window is the same.
    "rule.step, rule.valid_from, rule.valid_to)": f"""rule.step, rule.valid_from, rule.valid_to,
        rule.policy_id = {POLICIES})""",
    "rule.step, rule.valid_from, rule.valid_to, rule.priority, rule.id": f"""rule.step, rule.valid_from, rule.valid_to,
        rule.policy_id = {POLICIES}, rule.priority, rule.id""",
    "WHERE rule.valid_from <= whom.at AND rule.valid_to > whom.at": f"""
        WHERE rule.valid_from <= whom.at AND rule.valid_to > whom.at OR rule.policy_id = {POLICIES}""",
}

# The names under which the policy lines of the assumption stand beside those in effect.
BESIDE = {
    "\nrule AS MATERIALIZED": "\nassumed_rule AS MATERIALIZED",
    "\nmatched AS MATERIALIZED": "\nassumed_matched AS MATERIALIZED",
    "\nterms AS MATERIALIZED": "\nassumed_terms AS MATERIALIZED",
    "\nchoice AS MATERIALIZED": "\nassumed_choice AS MATERIALIZED",
    "JOIN rule ON": "JOIN assumed_rule AS rule ON",
    "FROM choice\n": "FROM assumed_choice AS choice\n",
    "FROM matched WHERE": "FROM assumed_matched AS matched WHERE",
}


def _changed(statement: str, changes: Mapping[str, str], only: str = "") -> str:
    """A statement with parts of it exchanged; `only`: of those that stand in this part."""
    for old, new in changes.items():
        if only and old not in only:
            continue
        if old not in statement:
            # Else a simulation would silently answer what is, for what would be.
            raise ValueError(f"the statement of resolve has no {old!r}")
        statement = statement.replace(old, new)
    return statement


ASSUMED = _changed(RESOLVE, CHANGES)

#: Prices by policies as they are and as assumed, where no list is: what lists say is asked once for both.
_OTHERS = _changed(_changed(TERMS, CHANGES, only=TERMS), BESIDE)
_RESULT = RESULT.format(trace=", assumed_terms.found AS assumed_found")
_BOTH = _changed(
    _RESULT, {"ORDER BY line.ord": "LEFT JOIN assumed_terms ON assumed_terms.ord = line.ord ORDER BY line.ord"}
)
BOTH = _changed(RESOLVE, {RESULT.format(trace=""): _OTHERS + _BOTH})
