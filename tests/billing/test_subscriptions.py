"""Which row a user's subscriptions make: pure, so every case of the table is here."""

from datetime import datetime
from itertools import permutations

import pytest

from quartet.billing.subscriptions import Held, derive

PRODUCTS = {"p-pro": "pro", "p-business": "business"}
START, END = datetime(2026, 9, 1), datetime(2026, 10, 1)


def held(id_: str = "s1", status: str = "active", product: str = "p-pro", **members) -> Held:
    values = {"product_plan": None, "created_at": START, "period_start": START, "period_end": END, "cancels": False}
    return Held(id_, f"c-{id_}", product, status=status, **values | members)


@pytest.mark.parametrize(
    ("polars", "plan", "ours"),
    [
        ("active", "pro", "active"),
        ("trialing", "pro", "active"),
        ("past_due", "pro", "past_due"),
        ("paused", "free", "cancelled"),
        ("canceled", "free", "cancelled"),
        ("unpaid", "free", "cancelled"),
        ("incomplete_expired", "free", "cancelled"),
        ("invented_by_polar_tomorrow", "free", "cancelled"),
    ],
)
def test_polars_status_in_our_words(polars: str, plan: str, ours: str):
    row = derive([held(status=polars, cancels=True)], PRODUCTS)
    assert (row.plan, row.status) == (plan, ours)
    assert row.cancels is (ours != "cancelled"), "what has ended cannot be cancelled any more"
    assert (row.subscription_id, row.customer_id) == ("s1", "c-s1")
    assert (row.period_start, row.period_end) == (START, END)


def test_what_was_never_paid_for_makes_no_row():
    assert derive([], PRODUCTS) is None
    assert derive([held(status="incomplete")], PRODUCTS) is None
    assert derive([held("s1", "incomplete"), held("s2", "canceled")], PRODUCTS).subscription_id == "s2"


@pytest.mark.parametrize(
    "best_first",
    [
        # Paid for before ended, whatever is newer or higher.
        [held("a", "past_due"), held("b", "canceled", "p-business", created_at=END)],
        # The higher plan before the newer one.
        [held("a", product="p-business"), held("b", created_at=END)],
        # A plan before a product that we do not know.
        [held("a"), held("b", product="p-gone", created_at=END)],
        # Then the newer one, then the id.
        [held("a", created_at=END), held("b"), held("a2", "canceled")],
        [held("b"), held("a")],
        [held("b", "canceled"), held("a", "canceled")],
    ],
)
def test_of_several_one_counts_in_whatever_order_they_come(best_first: list[Held]):
    for order in permutations(best_first):
        assert derive(order, PRODUCTS).subscription_id == best_first[0].id


@pytest.mark.parametrize(
    ("product", "says", "plan"),
    [
        ("p-business", "pro", "business"),
        ("p-new", "business", "business"),
        ("p-new", "gold", "free"),
        ("p-new", "free", "free"),
        ("p-new", None, "free"),
    ],
)
def test_our_own_table_of_products_comes_before_what_a_product_says_of_itself(product: str, says: str, plan: str):
    row = derive([held(product=product, product_plan=says)], PRODUCTS)
    assert (row.plan, row.status) == (plan, "active")
