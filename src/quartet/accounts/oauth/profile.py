"""What a provider says about somebody, and what every provider can do."""

from dataclasses import dataclass
from typing import Protocol

from quartet.accounts.oauth.flow import Flow


class ProviderFailed(Exception):
    """It cannot be reached, or what it says cannot be believed."""


class Denied(Exception):
    """Somebody did not let us know who they are."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who somebody is there. `email` only names a new account: None also where the provider says it is not theirs."""

    issuer: str
    subject: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back in the address: a code, or why there is none; `issuer` as RFC 9207 has it."""

    code: str | None
    error: str | None
    issuer: str | None


class Provider(Protocol):
    """`name` is what a button says."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    async def authorize(self, flow: Flow, redirect_uri: str) -> str:
        """Return the address to send the browser to; raises `ProviderFailed`."""

    async def identify(self, flow: Flow, redirect_uri: str, returned: Returned) -> Profile:
        """Exchange what came back for who it is; raises `Denied` or `ProviderFailed`."""
