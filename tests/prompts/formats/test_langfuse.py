import json

from quartet.prompts.formats.proposal import Reading
from quartet.prompts.formats.reading import read


def contents(*items: dict) -> tuple[Reading, list[str]]:
    planned = read("langfuse.json", json.dumps(items).encode())
    return planned, [each.content for each in planned.document.components]


def a_reference(name: str, what: str = "version=1") -> str:
    return f"@@@langfusePrompt:name={name}|{what}@@@"


def test_texts_and_chats():
    chat = [
        {"role": "system", "content": "You are kind."},
        {"type": "placeholder", "name": "history"},
        {"role": "user", "content": "Hi {{name}}"},
        {"role": "system", "content": "Stay kind."},
    ]
    planned, said = contents(
        {"name": "tone", "type": "text", "prompt": "Use a warm tone.", "tags": ["a"], "commitMessage": "Warmer"},
        {"name": "greeter", "type": "chat", "prompt": chat, "config": {"model": "m"}, "labels": ["production"]},
    )
    assert planned.format == "langfuse"
    assert said == ["Use a warm tone.", "You are kind.\n\nStay kind."]
    tone, greeter = planned.document.components
    assert (tone.type, tone.description, tone.tags) == ("style", "Warmer", ["a"])
    assert planned.remarks[greeter.id].notes == ["2 messages that are not the system's are left out."]


def test_what_a_prompt_refers_to_is_put_in():
    planned, said = contents(
        {"name": "tone", "prompt": "Be warm."},
        {"name": "both", "prompt": f"You are A. {a_reference('tone', 'label=production')} {a_reference('gone')}"},
    )
    assert said[1] == f"You are A. Be warm. {a_reference('gone')}"
    assert planned.remarks["c2"].notes == [
        "It refers to “tone”, which has been put in.",
        "It refers to “gone”, which is not in this file, so the reference stays as text.",
    ]


def test_prompts_that_refer_to_themselves_end():
    _, said = contents({"name": "a", "prompt": f"x {a_reference('a')}"})
    assert said == [f"{'x ' * 6}{a_reference('a')}"]


def test_prompts_that_double_with_every_step_end():
    items = [{"name": f"n{step}", "prompt": a_reference(f"n{step + 1}") * 100} for step in range(9)]
    planned, _ = contents(*items, {"name": "n9", "prompt": "y" * 40_000})
    assert all(len(each.content) <= 5000 for each in planned.document.components)
