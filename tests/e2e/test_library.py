"""The prompt library as its owner lives with it: writing, two tabs, loss and return, undo, and a library moved in."""

import json
import re

from playwright.async_api import Locator, Page, expect

from e2e.pages import member, part, post, preset
from e2e.quartet_server import QuartetServer

BROUGHT = {
    "format": "quartet-prompts",
    "version": 1,
    "components": [
        {"id": "a", "type": "role", "name": "Harbour pilot", "content": "You pilot ships into harbours."},
        {"id": "b", "type": "style", "name": "My style", "content": "Short sentences."},
    ],
    "presets": [{"id": "p", "name": "Docking", "roleId": "a", "styleId": "b"}],
}


def editor(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Edit part")


async def opened(page: Page, address: str, name: str) -> Locator:
    await page.goto(f"{address}/library")
    await page.get_by_role("link", name=name, exact=True).click()
    await expect(editor(page).get_by_role("textbox", name="Text")).to_be_visible()
    return editor(page)


async def save(dialog: Locator, text: str) -> None:
    await dialog.get_by_role("textbox", name="Text").fill(text)
    await dialog.get_by_role("button", name="Save", exact=True).click()


async def test_the_second_of_two_tabs_sees_what_the_first_one_did(page: Page, quartet: QuartetServer, trouble: list):
    await member(page, quartet.address)
    await part(page, quartet.address, "role", "You tutor.")
    first, second = page, await page.context.new_page()
    forms = [await opened(tab, quartet.address, "My role") for tab in (first, second)]
    await save(forms[0], "You tutor patiently.")
    await expect(forms[0]).to_be_hidden()

    await save(forms[1], "You tutor strictly.")
    conflict = forms[1].get_by_role("region", name="Changed elsewhere")
    await expect(conflict).to_contain_text("You tutor patiently.")
    await expect(forms[1].get_by_role("textbox", name="Text")).to_have_value("You tutor strictly.")
    trouble.clear()  # the browser reports every 412
    await conflict.get_by_role("button", name="Keep mine").click()
    await expect(forms[1]).to_be_hidden()

    dialog = await opened(second, quartet.address, "My role")
    await expect(dialog.get_by_role("textbox", name="Text")).to_have_value("You tutor strictly.")
    history = dialog.get_by_role("region", name="History")
    await expect(history).to_contain_text("3")
    assert len(await history.get_by_role("listitem").all()) == 3, "both tabs' texts are kept"


async def test_deleted_lost_recovered_and_undone(page: Page, quartet: QuartetServer):
    await member(page, quartet.address)
    await preset(page, quartet.address, role="You tutor.", style="Be brief.")
    dialog = await opened(page, quartet.address, "My role")
    await dialog.get_by_role("button", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete “My role”?")
    await expect(question).to_contain_text("1 preset will be incomplete without it: Launch.")
    await question.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("1 preset lost it.")).to_be_visible()

    await page.get_by_role("link", name="Presets", exact=True).click()
    card = page.get_by_role("article").filter(has_text="Launch")
    await expect(card).to_contain_text("Lost its role “My role”")
    await card.get_by_role("button", name="Recover").click()
    await expect(card).not_to_contain_text("Lost its role")
    await expect(card).to_contain_text("My role")

    dialog = await opened(page, quartet.address, "My style")
    await dialog.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog", name="Delete “My style”?").get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Undo").last.click()
    await expect(page.get_by_role("link", name="My style", exact=True)).to_be_visible()
    await page.get_by_role("link", name="Presets", exact=True).click()
    await expect(card).to_contain_text("My style")
    await expect(card).not_to_contain_text("Lost")


async def test_a_library_moves_in_after_it_was_looked_at(page: Page, quartet: QuartetServer):
    await member(page, quartet.address)
    await part(page, quartet.address, "style", "Short sentences.")
    await page.goto(f"{quartet.address}/library/import")
    file = {"name": "prompts.json", "mimeType": "application/json", "buffer": json.dumps(BROUGHT).encode()}
    await page.get_by_label("File to import").set_input_files(files=[file])
    rows = page.get_by_role("list", name="What the file holds")
    await expect(rows).to_contain_text("You pilot ships into harbours.")
    await expect(rows).to_contain_text("You have it already")
    nothing = await page.context.request.get(f"{quartet.address}/api/components")
    assert len((await nothing.json())["items"]) == 1, "looking makes nothing"
    await page.get_by_role("button", name=re.compile(r"^Import \d")).click()
    await expect(page.get_by_role("link", name="Docking")).to_be_visible()
    listed = await (await page.context.request.get(f"{quartet.address}/api/presets")).json()
    assert [(each["role"]["name"], each["style"]["name"]) for each in listed["items"]] == [
        ("Harbour pilot", "My style")
    ]
    kept = await (await page.context.request.get(f"{quartet.address}/api/components")).json()
    assert len(kept["items"]) == 2, "what was there already is used, not made twice"


async def test_a_page_whose_code_does_not_come_says_that_the_server_is_away(
    page: Page, quartet: QuartetServer, trouble: list
):
    await member(page, quartet.address)
    await page.goto(f"{quartet.address}/library")
    await expect(page.get_by_role("heading", name="Your library is empty")).to_be_visible()
    await page.route(re.compile(r"/assets/trash-.*"), lambda route: route.abort())
    await page.get_by_role("link", name="Trash").click()
    failed = page.get_by_role("alert").filter(has_text="This page could not be shown")
    await expect(failed).to_contain_text("The server cannot be reached.")
    trouble.clear()  # the browser reports what did not load
    await page.unroute_all()
    await failed.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()


async def test_more_of_a_long_library_comes_where_the_keyboard_is(page: Page, quartet: QuartetServer):
    await member(page, quartet.address)
    document = {
        "format": "quartet-prompts",
        "version": 1,
        "components": [
            {"id": str(n), "type": "role", "name": f"Role {n:02}", "content": f"You are number {n}."} for n in range(20)
        ],
    }
    await post(page, f"{quartet.address}/api/prompts/import", document)
    await page.goto(f"{quartet.address}/presets/new")
    await page.get_by_role("button", name="Role None").click()
    made = page.get_by_role("option", name="New role …")
    await expect(made).to_be_in_viewport(ratio=1)
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    marked = page.locator("[data-combobox-selected]")
    await expect(marked).to_contain_text("Role")
    below = await made.bounding_box()
    row = await marked.bounding_box()
    assert row["y"] + row["height"] <= below["y"] + 1, "the row that was gone to hides behind the action"
