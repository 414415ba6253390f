from quartet.core.errors import Refusal


class TokensSpent(Refusal):
    status = 402
    code = "payment_required:chat"
    title = "The tokens of this month are spent. Upgrade your plan, or use the local model."
