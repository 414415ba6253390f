import json

from quartet.prompts.formats.reading import read


def test_prompts_of_today_and_of_earlier():
    exported = [
        {
            "id": "1",
            "command": "summary",
            "user_id": "u",
            "name": "Summary",
            "content": "Summarise {{topic | text:required}} as of {{CURRENT_DATE}}. Answer in bullets.",
            "tags": ["Work", {"name": "short"}],
            "access_grants": [],
        },
        {"command": "/tutor", "user_id": "u", "title": "Tutor", "content": "You are a tutor.", "timestamp": 1},
        {"command": "/bare", "content": "You are bare."},
        {"something": "else"},
    ]
    planned = read("prompts.json", json.dumps(exported).encode())
    assert planned.format == "open-webui-prompts"
    summary, tutor, bare = planned.document.components
    assert (summary.name, summary.type, summary.description, summary.tags) == (
        "Summary",
        "style",
        "/summary",
        ["Work", "short"],
    )
    assert "{{topic | text:required}}" in summary.content
    assert planned.remarks[summary.id].notes == [
        "Its variables stay as text: {{topic | text:required}}, {{CURRENT_DATE}}."
    ]
    assert (tutor.name, tutor.type, tutor.description) == ("Tutor", "role", "/tutor")
    assert bare.name == "bare"
    assert planned.notes == ["1 entry that is something else is left out."]


def test_a_model_is_a_preset_of_its_system_prompt():
    exported = [
        {
            "id": "clerk",
            "base_model_id": "some-model",
            "name": "Clerk",
            "params": {"system": "You are a clerk.", "temperature": 0.2},
            "meta": {"description": "Files things", "tags": [{"name": "office"}], "profile_image_url": "http://x/y"},
            "is_active": True,
        },
        {"id": "older", "name": "Older", "info": {"params": {"system": "You are older."}, "meta": {}}},
        {"id": "bare", "name": "Bare", "params": {}, "meta": None},
    ]
    planned = read("models.json", json.dumps(exported).encode())
    assert planned.format == "open-webui-models"
    clerk, older = planned.document.components
    assert (clerk.content, clerk.description, clerk.tags) == ("You are a clerk.", "Files things", ["office"])
    assert older.content == "You are older."
    assert [(each.name, each.role_id) for each in planned.document.presets] == [
        ("Clerk", clerk.id),
        ("Older", older.id),
    ]
    assert planned.notes == ["1 model without a system prompt is left out."]
