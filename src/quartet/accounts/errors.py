from quartet.core.errors import Refusal


class SignInNeeded(Refusal):
    status = 401
    code = "unauthorized:auth"
    title = "Sign in first."


class WrongCredentials(Refusal):
    status = 401
    code = "unauthorized:auth"
    title = "E-mail or password is wrong."


class EmailTaken(Refusal):
    status = 409
    code = "conflict:auth"
    title = "There is already an account for this e-mail. Sign in instead."
