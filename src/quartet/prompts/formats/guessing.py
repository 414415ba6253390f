"""Which type a text may be, by rules that one can read. A guess: whoever imports may change it."""

import re

from quartet.prompts.compose import ComponentType

_LOOKED_AT = 2_000  # characters: what a prompt is shows at its beginning

_ROLE = re.compile(
    r"^\W*+((you are|you're|you will (be|act)|i want you to (act|be)|i need you to (act|be)|act as|"
    r"pretend|imagine you|your role|your persona|as an? (expert|experienced|senior))\b|"
    r"(#+ *)?(identity|role|persona)\b)",
    re.IGNORECASE,
)
_NAMES: dict[ComponentType, re.Pattern[str]] = {
    "style": re.compile(r"\b(style|tone|voice|format|formatting|length|language)\b", re.IGNORECASE),
    "context": re.compile(r"\b(context|background|scenario|facts|audience|about (me|us)|glossary)\b", re.IGNORECASE),
    "mode": re.compile(
        r"\b(mode|steps|process|strategy|workflow|method|plan|thinking|reasoning|brainstorm)\b", re.IGNORECASE
    ),
    "role": re.compile(r"\b(role|persona|character|identity|expert)\b", re.IGNORECASE),
}
_CONTENTS: dict[ComponentType, re.Pattern[str]] = {
    "style": re.compile(
        r"\b(tone|style|voice|format|markdown|bullets?|bullet points|lists?|words|sentences?|paragraphs?|concise|"
        r"brief(ly)?|short|formal|casual|emojis?|jargon|slang|headings?|(answer|write|reply|respond) (only )?in)\b",
        re.IGNORECASE,
    ),
    "context": re.compile(
        r"\b(background|scenario|facts?|context|company|product|customers?|audience|team|budget|located|founded|"
        r"the (user|reader|project|company|team|customer) (is|are|has|have|runs|works|uses)|"
        r"(my|our) (name|company|team|product|project|customers))\b",
        re.IGNORECASE,
    ),
    "mode": re.compile(
        r"\b(steps?|step by step|process|strategy|first|then|next|finally|before you|plan|think|analy[sz]e|compare|"
        r"evaluate|consider|decide|ask|ideas?|options?|until|workflow|checklist)\b",
        re.IGNORECASE,
    ),
}


def guess_type(name: str, content: str) -> ComponentType:
    """Guess: what speaks to a persona is a role; else the name tells; else the words of the text are counted.

    A text that shows nothing is a role, because a prompt that stands alone mostly is one.
    """
    beginning = content[:_LOOKED_AT]
    if _ROLE.search(beginning):
        return "role"
    for type_, in_name in _NAMES.items():
        if in_name.search(name):
            return type_
    counts = {type_: len(in_content.findall(beginning)) for type_, in_content in _CONTENTS.items()}
    best = max(counts, key=lambda type_: counts[type_])
    return best if counts[best] else "role"
