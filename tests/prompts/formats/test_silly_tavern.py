import json

from quartet.prompts.formats.reading import read

PROMPTS = [
    {
        "identifier": "main",
        "name": "Main Prompt",
        "role": "system",
        "content": "You are {{char}}.",
        "system_prompt": True,
    },
    {"identifier": "chatHistory", "name": "Chat History", "marker": True, "system_prompt": True},
    {"identifier": "off", "name": "Off", "role": "system", "content": "Never used."},
    {
        "identifier": "tail",
        "name": "Tail",
        "role": "user",
        "content": "Write in short sentences.",
        "injection_depth": 4,
    },
]
ORDER = [
    {"character_id": 100000, "order": [{"identifier": "main", "enabled": True}]},
    {
        "character_id": 100001,
        "order": [
            {"identifier": "tail", "enabled": True},
            {"identifier": "main", "enabled": True},
            {"identifier": "chatHistory", "enabled": True},
            {"identifier": "off", "enabled": False},
            {"identifier": "unknown", "enabled": True},
        ],
    },
]


def test_blocks_that_are_switched_on_in_their_order():
    planned = read("Calm.json", json.dumps({"temperature": 1, "prompts": PROMPTS, "prompt_order": ORDER}).encode())
    assert planned.format == "sillytavern"
    tail, main = planned.document.components
    assert (tail.name, tail.type, tail.tags) == ("Tail", "style", ["Calm"])
    assert planned.remarks[tail.id].notes == ["There it speaks as the user."]
    assert (main.content, planned.remarks[main.id].notes) == (
        "You are {{char}}.",
        ["Its variables stay as text: {{char}}."],
    )
    assert planned.notes == [
        "1 block that is switched off is left out.",
        "Its sampling settings stay behind: Quartet keeps the prompts.",
    ]


def test_what_its_prompt_manager_exports():
    exported = {"version": 1, "type": "full", "data": {"prompts": PROMPTS, "prompt_order": []}}
    planned = read("", json.dumps(exported).encode())
    assert [each.name for each in planned.document.components] == ["Main Prompt", "Off", "Tail"]


def test_a_system_prompt():
    exported = {"name": "Neutral", "content": "You are neutral.", "post_history": "Keep to facts."}
    planned = read("", json.dumps(exported).encode())
    assert [(each.name, each.content) for each in planned.document.components] == [
        ("Neutral", "You are neutral."),
        ("Neutral (after the chat)", "Keep to facts."),
    ]
