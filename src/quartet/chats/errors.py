from quartet.core.errors import Refusal


class ChatSignInNeeded(Refusal):
    status = 401
    code = "unauthorized:chat"
    title = "Sign in to chat."


class ChatForbidden(Refusal):
    """Somebody else's chat: 403 and not 404, as the Chat SDK answers."""

    status = 403
    code = "forbidden:chat"
    title = "This chat is not yours."


class ChatNotFound(Refusal):
    status = 404
    code = "not_found:chat"
    title = "There is no such chat."


class ChatBusy(Refusal):
    status = 409
    code = "conflict:chat"
    title = "An answer is still being written in this chat. Wait for it, or stop it."


class MessageTaken(Refusal):
    status = 409
    code = "conflict:message"
    title = "This message was sent before. Reload the chat."


class NothingToAnswer(Refusal):
    status = 400
    code = "bad_request:chat"
    title = "There is no question in this chat to answer again."


class BadQuestion(Refusal):
    status = 400
    code = "bad_request:chat"
    title = "The message is not valid."


class ModelForbidden(Refusal):
    status = 403
    code = "forbidden:model"
    title = "Your plan does not include this model's provider. Pick another model, or upgrade."


class NoModel(Refusal):
    status = 503
    code = "offline:chat"
    title = "No model is available. Add an API key, or start the local model."


class LocalModelUnknown(Refusal):
    status = 404
    code = "not_found:model"
    title = "There is no such model for this machine."


class NotManageable(Refusal):
    status = 403
    code = "forbidden:local_model"
    title = "Models of this server are managed on it: run `quartet model` there."
