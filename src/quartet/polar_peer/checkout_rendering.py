"""A checkout and a portal session as Polar's JSON."""

from quartet.polar_peer.records import ORGANIZATION_ID, Checkout, Customer, PortalSession, Product
from quartet.polar_peer.rendering import Json, customer, moment, price, product

_ADDRESS_FIELDS = ("country", "state", "city", "postal_code", "line1", "line2")


def checkout(checkout: Checkout, owner: Customer, products: list[Product], address: str) -> Json:
    """`address` is the peer's own: the pay page is there."""
    page = f"{address}/checkout/{checkout.client_secret}"
    return (
        _what(products)
        | _who(owner)
        | _how()
        | {
            "id": checkout.id,
            "created_at": moment(checkout.created_at),
            "modified_at": moment(checkout.modified_at),
            "status": checkout.status,
            "client_secret": checkout.client_secret,
            "url": page,
            "expires_at": moment(checkout.expires_at),
            "success_url": checkout.success_url or page,
            "return_url": checkout.return_url,
            "organization_id": ORGANIZATION_ID,
            "metadata": checkout.metadata,
        }
    )


def portal_session(session: PortalSession, owner: Customer, address: str) -> Json:
    return {
        "created_at": moment(session.created_at),
        "modified_at": None,
        "id": session.id,
        "token": session.token,
        "expires_at": moment(session.expires_at),
        "return_url": session.return_url,
        "customer_portal_url": f"{address}/portal?customer_session_token={session.token}",
        "customer_id": owner.id,
        "customer": customer(owner),
    }


def _what(products: list[Product]) -> Json:
    chosen = products[0]
    return {
        "amount": chosen.amount,
        "discount_amount": 0,
        "net_amount": chosen.amount,
        "tax_amount": 0,
        "tax_behavior": None,
        "total_amount": chosen.amount,
        "currency": chosen.currency,
        "product_id": chosen.id,
        "product_price_id": price(chosen)["id"],
        "products": [product(each, public=True) for each in products],
        "product": product(chosen, public=True),
        "product_price": price(chosen),
        "prices": {each.id: [price(each)] for each in products},
    }


def _who(owner: Customer) -> Json:
    return {
        "customer_id": owner.id,
        "external_customer_id": owner.external_id,
        "customer_name": owner.name,
        "customer_email": owner.email,
        "customer_metadata": {},
        "is_business_customer": False,
        "billing_address_fields": dict.fromkeys(_ADDRESS_FIELDS, "disabled") | {"country": "required"},
    }


def _how() -> Json:
    """Return how it is paid, and what a subscription to one fixed price leaves empty."""
    unset = (
        *("embed_origin", "seats", "min_seats", "max_seats", "units", "min_units", "max_units", "allow_trial"),
        *("active_trial_interval", "active_trial_interval_count", "trial_end", "discount_id", "customer_ip_address"),
        *("customer_billing_name", "customer_billing_address", "customer_tax_id", "locale", "payment_method_type"),
        *("trial_interval", "trial_interval_count", "discount", "subscription_id", "attached_custom_fields"),
    )
    needed = ("is_payment_required", "is_payment_setup_required", "is_payment_form_required", "allow_discount_codes")
    spared = ("require_billing_address", "is_discount_applicable", "is_free_product_price")
    empty = ("custom_field_data", "payment_processor_metadata")
    return (
        dict.fromkeys(unset)
        | dict.fromkeys(needed, True)
        | dict.fromkeys(spared, False)
        | {name: {} for name in empty}
        | {"payment_processor": "stripe"}
    )
