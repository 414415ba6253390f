from typing import Any

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
    """The Chat SDK's code for whatever is wrong with a body: its client has words for that one."""

    status = 400
    code = "bad_request:api"
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


class MessageNotFound(Refusal):
    status = 404
    code = "not_found:message"
    title = "There is no such message."


class ReceiptNotFound(Refusal):
    status = 404
    code = "not_found:receipt"
    title = "This message was not made with a prompt of Quartet's."


class VoteSignInNeeded(Refusal):
    status = 401
    code = "unauthorized:vote"
    title = "Sign in to vote."


class VoteNotFound(Refusal):
    """The Chat SDK's word for a chat or an answer that cannot be voted for."""

    status = 404
    code = "not_found:vote"
    title = "There is no such answer to vote for."


class VoteForbidden(Refusal):
    status = 403
    code = "forbidden:vote"
    title = "This chat is not yours."


class DocumentSignInNeeded(Refusal):
    status = 401
    code = "unauthorized:document"
    title = "Sign in to read documents."


class DocumentNotFound(Refusal):
    status = 404
    code = "not_found:document"
    title = "There is no such document."


class DocumentForbidden(Refusal):
    """Somebody else's: 403 and not 404, as the Chat SDK answers."""

    status = 403
    code = "forbidden:document"
    title = "This document is not yours."


class SuggestionsSignInNeeded(Refusal):
    status = 401
    code = "unauthorized:suggestions"
    title = "Sign in to read suggestions."


class SuggestionsForbidden(Refusal):
    """The Chat SDK's word for another's suggestions."""

    status = 403
    code = "forbidden:api"
    title = "These suggestions are not yours."


class ComparisonNotFound(Refusal):
    status = 404
    code = "not_found:comparison"
    title = "There is no such comparison."


class ComparisonOver(Refusal):
    status = 409
    code = "conflict:comparison"
    title = "This comparison cannot be decided now: it was decided, is still written, or the chat went on."


class UploadRefused(Refusal):
    """The Chat SDK's client shows `error` of an upload that failed."""

    def problem(self) -> dict[str, Any]:
        return {**super().problem(), "error": self.detail}


class UploadSignInNeeded(UploadRefused):
    status = 401
    code = "unauthorized:file"
    title = "Sign in to upload a picture."


class NoPicture(UploadRefused):
    status = 400
    code = "bad_request:file"
    title = "This is not a picture that can be sent."


class PictureTooLarge(UploadRefused):
    status = 413
    code = "bad_request:file"
    title = "The picture is larger than 5 MB. Make it smaller."


class TooManyUnsent(UploadRefused):
    status = 429
    code = "rate_limit:file"
    title = "You uploaded many pictures and did not send them. Send or remove some, or wait for a day."


class UploadFailed(UploadRefused):
    status = 503
    code = "offline:file"
    title = "The picture could not be kept just now. Try again in a moment."


class FileNotFound(Refusal):
    status = 404
    code = "not_found:file"
    title = "There is no such file."


class FileSent(Refusal):
    status = 409
    code = "conflict:file"
    title = "This file was sent. It goes when its message or its chat is deleted."
