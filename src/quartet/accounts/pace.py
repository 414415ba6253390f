"""Who may go how fast: the rates of the settings, counted by account and by address."""

import ipaddress
from hashlib import blake2b

from fastapi import Request

from quartet.accounts.errors import TooManyAttempts
from quartet.core.errors import Refusal
from quartet.core.limit_headers import tell
from quartet.core.limits import RateLimits, Rule, network


def address_of(request: Request) -> str | None:
    """Return the client's address; None where there is none that can be read."""
    try:
        return str(ipaddress.ip_address(request.client.host)) if request.client else None
    except ValueError:  # a proxy's word for somebody it does not name
        return None


async def count(request: Request, rule: Rule, *who: str, refusal: type[Refusal] = TooManyAttempts) -> None:
    """Count one event of `who`; raises `refusal` when it is one too many."""
    limits: RateLimits | None = request.app.state.limits
    if limits is None:
        return
    standing = await limits.take(rule, *who)
    if standing:
        tell(request, standing)
        if standing.retry_after is not None:
            raise refusal


async def count_address(request: Request, rule: Rule) -> None:
    await count(request, rule, network(address_of(request)))


async def count_login(request: Request, email: str) -> None:
    """Count an attempt to show a password, right or wrong, before it is looked at.

    By address; by account and address, which stops most guessing; and by account from anywhere, more generously: it
    is the one that a stranger could use to keep the owner out, and only from many addresses.
    """
    here, account = network(address_of(request)), _account(request, email)
    await count(request, "login_address", here)
    await count(request, "login", account, here)
    await count(request, "login_account", account)


async def forget(request: Request, rule: Rule, *who: str) -> None:
    """Begin anew: what was shown was right."""
    limits: RateLimits | None = request.app.state.limits
    if limits:
        await limits.forget(rule, *who)


async def forget_login(request: Request, email: str) -> None:
    account = _account(request, email)
    await forget(request, "login", account, network(address_of(request)))
    await forget(request, "login_account", account)


def _account(request: Request, email: str) -> str:
    # Not the address itself: it would stand in Redis.
    secret: bytes = request.app.state.secret
    return blake2b(email.lower().encode(errors="replace"), key=blake2b(secret).digest(), digest_size=16).hexdigest()
