"""Pictures that go with a question, however they come."""

import base64

from playwright.async_api import Page, expect

from e2e.pages import a_picture, ask, finished, member, menu, message_field, questions_to
from e2e.quartet_server import QuartetServer
from llm.peer import VendorPeer
from pictures import a_jpeg

PASTE = """async ([field, name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type }));
  const event = { bubbles: true, cancelable: true };
  if (field) field.dispatchEvent(new ClipboardEvent("paste", { ...event, clipboardData: data }));
  else for (const kind of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, { ...event, dataTransfer: data }));
}"""


async def test_pictures_chosen_pasted_and_dropped_go_with_a_question(
    page: Page, quartet: QuartetServer, vendor: VendorPeer, trouble: list[str]
):
    await member(page, quartet.address)
    await page.goto(quartet.address)
    tray = page.get_by_role("list", name="Pictures to send")
    async with page.expect_file_chooser() as chooser:
        await menu(page, "Attach pictures")
    await (await chooser.value).set_files([a_picture("shop.png"), a_picture("mistake.png")])
    content = base64.b64encode(a_jpeg()).decode()
    field = await message_field(page).element_handle()
    await page.evaluate(PASTE, [field, "pasted.jpg", "image/jpeg", content])
    await page.evaluate(PASTE, [None, "dropped.jpg", "image/jpeg", content])
    await expect(tray.get_by_role("listitem")).to_have_count(4)
    await tray.get_by_role("button", name="Remove mistake.png").click()
    await expect(message_field(page)).to_be_focused()

    # What only calls itself a picture is refused by the server, in words.
    await page.evaluate(PASTE, [field, "liar.png", "image/png", base64.b64encode(b"no").decode()])
    await expect(page.get_by_role("alert")).to_contain_text("“liar.png” was not uploaded.")
    await tray.get_by_role("button", name="Remove liar.png").click()
    await expect(page.get_by_role("alert")).to_be_hidden()
    trouble.clear()  # a browser complains of a refusal

    await ask(page, "What is this?")
    await finished(page)
    for _ in range(2):
        sent = page.get_by_role("article", name="You").get_by_role("img")
        await expect(sent).to_have_count(3)
        for name in ("shop.png", "pasted.jpg", "dropped.jpg"):
            shown = page.get_by_role("article", name="You").get_by_role("img", name=name)
            await expect(shown).to_have_js_property("complete", value=True)
            assert await shown.evaluate("image => image.naturalWidth") > 0
        await page.reload()
    parts = questions_to(vendor)[0].json["messages"][-1]["content"]
    assert [part["type"] for part in parts].count("image_url") == 3
    assert parts[-1] == {"type": "text", "text": "What is this?"}
