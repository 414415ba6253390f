"""The providers that a deployment has set up, in the order of their buttons."""

from quartet.accounts.oauth.github import GitHub
from quartet.accounts.oauth.openid import OpenID
from quartet.accounts.oauth.profile import Provider
from quartet.settings import OAuthSettings

_GOOGLE = "https://accounts.google.com"


def configured(settings: OAuthSettings) -> dict[str, Provider]:
    providers: list[Provider] = []
    if settings.oidc_issuer and settings.oidc_client_id:
        providers.append(
            OpenID(
                "oidc", settings.oidc_name, settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
            )
        )
    if settings.google_client_id:
        providers.append(OpenID("google", "Google", _GOOGLE, settings.google_client_id, settings.google_client_secret))
    if settings.github_client_id:
        providers.append(GitHub(settings.github_url, settings.github_client_id, settings.github_client_secret))
    return {provider.id: provider for provider in providers}
