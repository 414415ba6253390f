from quartet.core.errors import Refusal


class TokensSpent(Refusal):
    status = 402
    code = "payment_required:chat"
    title = "The tokens of this month are spent. Upgrade your plan, or use the local model."


class NothingSold(Refusal):
    status = 503
    code = "offline:billing"
    title = "Plans are not sold here: whoever runs this server has not set up billing. The free plan goes on."


class SellerAway(Refusal):
    status = 503
    code = "offline:billing"
    title = "The payment provider cannot be reached just now. Nothing was charged; try again in a moment."


class GuestsCannotBuy(Refusal):
    status = 403
    code = "forbidden:billing"
    title = "Make an account first: a guest has no e-mail address for the invoice."


class PlanHeld(Refusal):
    """Polar sells a customer one subscription; another plan is a change of it, which its portal makes."""

    status = 409
    code = "conflict:billing"
    title = "You have a plan already. Change or cancel it in the customer portal."


class PlanRenews(Refusal):
    """The payment provider would go on charging somebody who is not here any more."""

    status = 409
    code = "conflict:billing"
    title = "Your plan renews by itself. Cancel it on the Plan page first, then delete your account."


class CustomerTaken(Refusal):
    """Never linked by e-mail alone: we have not verified that the address is this person's."""

    status = 409
    code = "conflict:billing"
    title = "Your e-mail address already belongs to another customer. Write to whoever runs this server."


class NothingBought(Refusal):
    status = 404
    code = "not_found:billing"
    title = "There is nothing to manage: you have not bought a plan."


class NoWebhooks(Refusal):
    status = 404
    code = "not_found:webhook"
    title = "This server takes no events: no webhook secret is set."


class Forged(Refusal):
    status = 403
    code = "forbidden:webhook"
    title = "The signature is wrong, or the event is too old."
