from people import Person, Visitor


async def preview(person: Person, **body: object):
    return await person.post("/api/prompt/preview", body)


async def test_a_preset_overlaid_by_components(bob: Person):
    preset = await bob.preset("Ship", role="You tutor.", mode="Ship it.")
    style = await bob.component("style", content="  Short. ")
    answer = await preview(
        bob, presetId=preset["id"], components={"styleId": style["id"], "modeId": None}, model="openai/gpt-6-luna"
    )
    shown = answer.json()
    assert shown["text"] == "# Role\n\nYou tutor.\n\n# Style\n\nShort."
    assert [(part["type"], part["componentId"], part["version"]) for part in shown["parts"]] == [
        ("role", preset["roleId"], 1),
        ("style", style["id"], 1),
    ]
    assert shown["estimate"] is False
    assert 0 < sum(part["tokens"] for part in shown["parts"]) <= shown["tokens"]


async def test_nothing_chosen_is_nothing(bob: Person):
    assert (await preview(bob)).json() == {"text": "", "tokens": 0, "parts": [], "estimate": True}


async def test_another_vendors_tokens_are_an_estimate(bob: Person):
    role = await bob.component("role")
    answer = await preview(bob, components={"roleId": role["id"]}, model="anthropic/claude-haiku-5-5")
    assert answer.json()["estimate"] is True


async def test_refusals(ada: Person, bob: Person, visitor: Visitor):
    preset = await ada.preset(role="x")
    role = await bob.component("role")
    assert (await preview(bob, presetId=preset["id"])).status_code == 404
    assert (await preview(bob, components={"roleId": preset["roleId"]})).status_code == 404
    assert (await preview(bob, components={"modeId": role["id"]})).status_code == 400
    assert (await preview(bob, model="nobody/no-such")).status_code == 400
    assert (await preview(visitor)).status_code == 401
