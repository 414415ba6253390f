"""GitHub: OAuth without OpenID Connect, so who it is comes from its API."""

from typing import Any

from pydantic import SecretStr

from quartet.accounts.oauth.client import exchange, read, talking
from quartet.accounts.oauth.flow import Flow
from quartet.accounts.oauth.profile import Profile, Returned

_PUBLIC = "https://github.com"
_SCOPE = "read:user user:email"


class GitHub:
    """github.com, or the GitHub Enterprise Server at `url`."""

    id = "github"
    name = "GitHub"

    def __init__(self, url: str, client_id: str, client_secret: SecretStr | None) -> None:
        self._url = url.rstrip("/")
        self._api = "https://api.github.com" if self._url == _PUBLIC else f"{self._url}/api/v3"
        self._client_id = client_id
        self._client_secret = client_secret

    async def authorize(self, flow: Flow, redirect_uri: str) -> str:
        async with talking(self._client_id, self._client_secret, _SCOPE, redirect_uri) as client:
            url, _ = client.create_authorization_url(
                f"{self._url}/login/oauth/authorize", state=flow.state, code_verifier=flow.verifier
            )
            return str(url)

    async def identify(self, flow: Flow, redirect_uri: str, returned: Returned) -> Profile:
        async with talking(
            self._client_id, self._client_secret, _SCOPE, redirect_uri, auth_method="client_secret_post"
        ) as client:
            await exchange(client, f"{self._url}/login/oauth/access_token", flow, returned)
            user = await read(client, f"{self._api}/user", signed=True)
            emails = await read(client, f"{self._api}/user/emails", signed=True)
            # The number: a login name can be given up and taken by somebody else.
            return Profile(self._url, str(int(user["id"])), _email(emails))


def _email(emails: list[dict[str, Any]]) -> str | None:
    return next((str(each["email"]) for each in emails if each["primary"] and each["verified"]), None)
