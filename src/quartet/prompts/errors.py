from quartet.core.errors import NotValid, Refusal


class ComponentNotFound(Refusal):
    status = 404
    code = "not_found:component"
    title = "There is no such component."


class ComponentLimitReached(Refusal):
    status = 402
    code = "payment_required:component"
    title = "Your plan keeps no more parts. Delete one, or upgrade."


class ComponentChanged(Refusal):
    status = 412
    code = "precondition_failed:component"
    title = "Somebody changed this component since you opened it. Reload it, then save again."


class ComponentTypeFixed(Refusal):
    status = 409
    code = "conflict:component"
    title = "A component's type cannot change. Make a new component of the other type."


class VersionNotFound(Refusal):
    status = 404
    code = "not_found:version"
    title = "The component never had this version."


class PresetNotFound(Refusal):
    status = 404
    code = "not_found:preset"
    title = "There is no such preset."


class PresetLimitReached(Refusal):
    status = 402
    code = "payment_required:preset"
    title = "Your plan keeps no more presets. Delete one, or upgrade."


class LossNotFound(Refusal):
    status = 404
    code = "not_found:loss"
    title = "This preset lost nothing there."


class TrashNotFound(Refusal):
    status = 404
    code = "not_found:trash"
    title = "This is not in the trash any more."


class PresetEmpty(NotValid):
    title = "A preset needs at least one part."

    def __init__(self) -> None:
        super().__init__("body", self.title)


class WrongType(NotValid):
    """A component in the slot of another type."""

    def __init__(self, slot: str, actual: str) -> None:
        super().__init__(f"body.{slot}", f"is a {actual}; pick a component of the slot's own type")


class ModelUnknown(Refusal):
    status = 400
    code = "bad_request:model"
    title = "This model is not offered here. Pick another one."
