"""What a file holds, before the library's rules are applied to it: what every reader of a format gives."""

from dataclasses import dataclass, field

from quartet.prompts.compose import ComponentType


@dataclass(slots=True, eq=False)
class FoundComponent:
    """A text that may become a component. No `type`: it has to be guessed."""

    name: str
    content: str
    type: ComponentType | None = None
    description: str = ""
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class FoundPreset:
    """A choice of components found in the same file."""

    name: str
    parts: list[FoundComponent]
    description: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Found:
    """All of a file; `notes` say what it holds that Quartet has no place for."""

    components: list[FoundComponent] = field(default_factory=list)
    presets: list[FoundPreset] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add_preset(self, preset: FoundPreset) -> None:
        """Add a preset and the components it is made of."""
        self.components += preset.parts
        self.presets.append(preset)
