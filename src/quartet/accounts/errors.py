from typing import Any

from quartet.core.errors import Refusal


class SignInNeeded(Refusal):
    status = 401
    code = "unauthorized:auth"
    title = "Sign in first."


class WrongCredentials(Refusal):
    is_watched = True
    status = 401
    code = "unauthorized:auth"
    title = "E-mail or password is wrong."


class EmailTaken(Refusal):
    status = 409
    code = "conflict:auth"
    title = "There is already an account for this e-mail. Sign in instead."


class TooManyAttempts(Refusal):
    status = 429
    code = "rate_limit:auth"
    title = "That was too often. Wait a while and try again."


class TooManyTurns(Refusal):
    status = 429
    code = "rate_limit:chat"
    title = "You are asking faster than this server allows. Wait a moment."


class SecondFactorNeeded(Refusal):
    """The password was right. `challenge` goes with the code to `POST /api/auth/second-factor`."""

    status = 401
    code = "unauthorized:second_factor"
    title = "Enter the code of your authenticator app, or a recovery code."

    def __init__(self, challenge: str) -> None:
        super().__init__()
        self.challenge = challenge

    def problem(self) -> dict[str, Any]:
        return {**super().problem(), "challenge": self.challenge}


class WrongCode(Refusal):
    is_watched = True
    status = 401
    code = "unauthorized:second_factor"
    title = "This code is wrong, or was used before."


class ChallengeOver(Refusal):
    status = 401
    code = "unauthorized:auth"
    title = "This sign-in took too long or too many attempts. Start again."


class KeyNotValid(Refusal):
    is_watched = True
    status = 401
    code = "unauthorized:key"
    title = "This API key is not valid: it was revoked, has expired, or was never made here."

    def __init__(self) -> None:
        super().__init__(headers={"www-authenticate": 'Bearer error="invalid_token"'})


class KeyForbidden(Refusal):
    status = 403
    code = "forbidden:key"
    title = "An API key may not do this: sign in."


class ScopeMissing(Refusal):
    status = 403
    code = "forbidden:scope"
    title = "This API key was made for less."

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"This API key lacks the scope {scope}.",
            headers={"www-authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )


class KeyNotFound(Refusal):
    status = 404
    code = "not_found:key"
    title = "There is no such API key."


class TooManyKeys(Refusal):
    status = 409
    code = "conflict:key"
    title = "You have 20 API keys, which is the most. Revoke one first."


class GuestsCannot(Refusal):
    status = 403
    code = "forbidden:guest"
    title = "Make an account first: this is not for guests."


class SessionNotFound(Refusal):
    status = 404
    code = "not_found:session"
    title = "There is no such session."


class WrongPassword(Refusal):
    """403 and not 401: whoever asks is signed in."""

    status = 403
    code = "forbidden:password"
    title = "The password is wrong."


class SignInAgain(Refusal):
    """For whoever has no password to show: that they signed in a moment ago stands in for it."""

    status = 403
    code = "forbidden:stale_session"
    title = "Sign in again first: this needs a session younger than ten minutes."


class CodeRefused(Refusal):
    status = 403
    code = "forbidden:second_factor"
    title = "This code is wrong, or was used before."


class SecondFactorOn(Refusal):
    status = 409
    code = "conflict:second_factor"
    title = "Two-factor sign-in is on already. Turn it off first."


class SecondFactorOff(Refusal):
    status = 409
    code = "conflict:second_factor"
    title = "Two-factor sign-in is not on."


class PasswordMissing(Refusal):
    status = 409
    code = "conflict:password"
    title = "This account has no password. Set one first."


class ProviderUnknown(Refusal):
    status = 404
    code = "not_found:provider"
    title = "This server knows no such sign-in provider."


class ProviderAway(Refusal):
    status = 503
    code = "offline:provider"
    title = "The sign-in provider cannot be reached just now. Try again in a moment."


class IdentityNotFound(Refusal):
    status = 404
    code = "not_found:identity"
    title = "There is no such linked sign-in."


class LastWayIn(Refusal):
    status = 409
    code = "conflict:identity"
    title = "This is your only way to sign in. Set a password, or link another provider first."
