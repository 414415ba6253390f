"""The peer's records as Polar's JSON, version 2026-10: every member that the API's own description requires."""

from datetime import datetime
from typing import Any

from quartet.polar_peer.records import ORGANIZATION_ID, Customer, Order, Product, Subscription

Json = dict[str, Any]


def moment(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def price(product: Product) -> Json:
    return {
        "created_at": moment(product.created_at),
        "modified_at": None,
        "id": _related(product.id, "9"),
        "source": "catalog",
        "amount_type": "fixed",
        "price_currency": product.currency,
        "tax_behavior": None,
        "is_archived": False,
        "product_id": product.id,
        "price_amount": product.amount,
    }


def benefit(product: Product, *, public: bool = False) -> Json:
    shown: Json = {
        "id": _related(product.id, "b"),
        "created_at": moment(product.created_at),
        "modified_at": None,
        "type": "feature_flag",
        "description": product.name,
        "selectable": True,
        "deletable": True,
        "is_deleted": False,
        "organization_id": ORGANIZATION_ID,
    }
    if public:
        return shown
    return shown | {
        "metadata": {"plan": product.plan} if product.plan else {},
        "visibility": "public",
        "visibility_configurable": True,
        "properties": {},
    }


def product(product: Product, *, public: bool = False) -> Json:
    """As the API lists it, or, `public`, as a checkout shows it."""
    shown = _bare_product(product) | {
        "prices": [price(product)],
        "benefits": [benefit(product, public=public)],
        "medias": [],
    }
    if public:
        return shown
    return shown | {
        "metadata": {"plan": product.plan} if product.plan else {},
        "is_deletable": False,
        "attached_custom_fields": [],
    }


def _bare_product(product: Product) -> Json:
    return {
        "id": product.id,
        "created_at": moment(product.created_at),
        "modified_at": None,
        "trial_interval": "day" if product.trial_days else None,
        "trial_interval_count": product.trial_days or None,
        "name": product.name,
        "description": f"{product.name} plan",
        "visibility": "public",
        "recurring_interval": product.interval,
        "recurring_interval_count": 1,
        "meter_interval": None,
        "meter_interval_count": None,
        "is_recurring": True,
        "is_archived": False,
        "organization_id": ORGANIZATION_ID,
    }


def customer(customer: Customer) -> Json:
    return {
        "id": customer.id,
        "created_at": moment(customer.created_at),
        "modified_at": moment(customer.modified_at),
        "metadata": customer.metadata,
        "external_id": customer.external_id,
        "email": customer.email,
        "email_verified": False,
        "type": "individual",
        "name": customer.name,
        "billing_name": None,
        "billing_address": None,
        "tax_id": None,
        "locale": "en",
        "organization_id": ORGANIZATION_ID,
        "default_payment_method_id": None,
        "deleted_at": moment(customer.deleted_at),
        "first_user_event_at": None,
        "avatar_url": None,
    }


def _bare_subscription(subscription: Subscription, product: Product) -> Json:
    return {
        "created_at": moment(subscription.created_at),
        "modified_at": moment(subscription.modified_at),
        "id": subscription.id,
        "amount": product.amount,
        "currency": product.currency,
        "recurring_interval": product.interval,
        "recurring_interval_count": 1,
        "status": subscription.status,
        "current_period_start": moment(subscription.period_start),
        "current_period_end": moment(subscription.period_end),
        "current_meter_period_start": None,
        "current_meter_period_end": None,
        "trial_start": moment(subscription.started_at) if subscription.trial_end else None,
        "trial_end": moment(subscription.trial_end),
        "cancel_at_period_end": subscription.cancel_at_period_end,
        "canceled_at": moment(subscription.canceled_at),
        "started_at": moment(subscription.started_at),
        "ends_at": moment(subscription.ends_at),
        "ended_at": moment(subscription.ended_at),
        "past_due_at": moment(subscription.past_due_at),
        "pause_at_period_end": subscription.pause_at_period_end,
        "paused_at": moment(subscription.paused_at),
        "resumes_at": None,
        "customer_id": subscription.customer_id,
        "product_id": subscription.product_id,
        "discount_id": None,
        "checkout_id": subscription.checkout_id,
        "seats": None,
        "units": None,
        "customer_cancellation_reason": None,
        "customer_cancellation_comment": None,
        "metadata": subscription.metadata,
    }


def subscription(subscription: Subscription, owner: Customer, bought: Product) -> Json:
    return _bare_subscription(subscription, bought) | {
        "custom_field_data": {},
        "customer": customer(owner),
        "product": product(bought),
        "discount": None,
        "prices": [price(bought)],
        "meters": [],
        "pending_update": None,
    }


def customer_state(owner: Customer, active: list[tuple[Subscription, Product]]) -> Json:
    """Only what is active or in trial: one that is past due is simply not there, as one that has ended."""
    left_out = {
        *("recurring_interval_count", "current_meter_period_start", "current_meter_period_end", "ended_at"),
        *("past_due_at", "pause_at_period_end", "paused_at", "resumes_at", "customer_id", "checkout_id"),
        *("customer_cancellation_reason", "customer_cancellation_comment"),
    }
    shown = [_bare_subscription(each, bought) | {"custom_field_data": {}, "meters": []} for each, bought in active]
    return customer(owner) | {
        "active_subscriptions": [{key: each[key] for key in each if key not in left_out} for each in shown],
        "granted_benefits": [_grant(each, bought) for each, bought in active],
        "active_meters": [],
    }


def _grant(subscription: Subscription, product: Product) -> Json:
    return {
        "id": _related(subscription.id, "a"),
        "created_at": moment(subscription.started_at),
        "modified_at": None,
        "granted_at": moment(subscription.started_at),
        "benefit_id": _related(product.id, "b"),
        "benefit_type": "feature_flag",
        "benefit_metadata": {"plan": product.plan} if product.plan else {},
        "properties": {},
    }


def order(order: Order, owner: Customer) -> Json:
    amount = order.product.amount
    paid = order.status == "paid"
    return _amounts(amount, order.product.currency, paid=paid) | {
        "id": order.id,
        "created_at": moment(order.created_at),
        "modified_at": moment(order.modified_at),
        "status": order.status,
        "paid": paid,
        "billing_reason": order.billing_reason,
        "billing_name": None,
        "billing_address": None,
        "invoice_number": order.number,
        "is_invoice_generated": paid,
        "receipt_number": None,
        "seats": None,
        "units": None,
        "customer_id": owner.id,
        "product_id": order.product.id,
        "discount_id": None,
        "subscription_id": order.subscription.id,
        "checkout_id": order.subscription.checkout_id,
        "next_payment_attempt_at": None,
        "metadata": order.subscription.metadata,
        "custom_field_data": {},
        "customer": customer(owner),
        "product": _bare_product(order.product) | {"metadata": {}},
        "discount": None,
        "subscription": _bare_subscription(order.subscription, order.product),
        "items": [],
        "description": order.product.name,
    }


def _amounts(amount: int, currency: str, *, paid: bool) -> Json:
    return {
        "subtotal_amount": amount,
        "discount_amount": 0,
        "net_amount": amount,
        "tax_amount": 0,
        "total_amount": amount,
        "applied_balance_amount": 0,
        "due_amount": 0 if paid else amount,
        "refunded_amount": 0,
        "refunded_tax_amount": 0,
        "currency": currency,
        "platform_fee_amount": 0,
        "platform_fee_currency": None,
        "refundable_amount": amount if paid else 0,
        "refundable_tax_amount": 0,
    }


def _related(id_: str, mark: str) -> str:
    """Make the stable id of a thing that belongs to another."""
    return mark + id_[1:]
