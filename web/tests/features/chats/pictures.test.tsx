import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { type Asked, broken, json, ME, open, refusal, stream } from "../../app";

const MODEL = {
  tools: false,
  vision: true,
  reasoning: false,
  name: "Eye",
  provider: "openai",
  contextWindow: 8192,
  maxOutput: 1024,
  price: null,
  inPlan: true,
  isDefault: true,
  note: null,
};
const MODELS = { eye: MODEL, ear: { ...MODEL, name: "Ear", vision: false, isDefault: false } };

/** Uploads in flight, answered by the test; the page has no other XMLHttpRequest. */
const uploads: Upload[] = [];
class Upload {
  upload: { onprogress?: (event: object) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  status = 0;
  responseText = "";
  aborted = false;
  open() {}
  send() {
    uploads.push(this);
  }
  abort() {
    this.aborted = true;
    this.onabort?.();
  }
  ends(status: number, body: object) {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.onload?.();
  }
}
beforeEach(() => {
  uploads.length = 0;
  vi.stubGlobal("XMLHttpRequest", Upload);
});

const world = {
  user: ME,
  answer: ({ path, method }: Asked) => {
    if (path === "/api/models") return json(MODELS);
    if (path.startsWith("/api/files/") && method === "DELETE") return new Response(null, { status: 204 });
    if (path === "/api/chat" && method === "POST") {
      return stream(
        { type: "start", messageId: "00000000-0000-4000-8000-000000000001" },
        { type: "text-start", id: "1" },
        { type: "text-delta", id: "1", delta: "A cat." },
        { type: "text-end", id: "1" },
        { type: "finish" },
      );
    }
    return undefined;
  },
};
const cat = () => new File(["cat"], "cat.png", { type: "image/png" });
const field = () => screen.findByLabelText("Your message");
const ready = (name = "Eye") => screen.findByRole("button", { name: `Model: ${name}` });
const send = () => screen.findByRole("button", { name: "Send" });
const paste = async (...files: File[]) =>
  fireEvent.paste(await field(), { clipboardData: { types: ["Files"], files } });
const uploading = (number = 1) => waitFor(() => expect(uploads).toHaveLength(number));

test("a pasted picture is uploaded at once, and goes with the question before its text", async () => {
  const user = userEvent.setup();
  const { asked, container } = open("/", world);
  await ready();
  await paste(cat());
  await uploading();
  await user.type(await field(), "What is it?");
  uploads[0]?.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 });
  expect(await screen.findByRole("progressbar", { name: "Uploading cat.png" })).toHaveAttribute(
    "aria-valuenow",
    "25",
  );
  expect(await send()).toBeDisabled();
  await user.keyboard("{Enter}");
  expect(asked.some(({ path }) => path === "/api/chat")).toBe(false);
  expect(await broken(container)).toEqual([]);

  uploads[0]?.ends(200, { url: "/api/files/1" });
  await waitFor(async () => expect(await send()).toBeEnabled());
  await user.keyboard("{Enter}");
  expect(await screen.findByText("A cat.")).toBeInTheDocument();
  expect(asked.find(({ path }) => path === "/api/chat")?.body).toMatchObject({
    message: {
      parts: [
        { type: "file", url: "/api/files/1", mediaType: "image/png", filename: "cat.png" },
        { type: "text", text: "What is it?" },
      ],
    },
  });
  expect(screen.queryByRole("list", { name: "Pictures to send" })).not.toBeInTheDocument();
  expect(await screen.findByRole("img", { name: "cat.png" })).toHaveAttribute("src", "/api/files/1");
});

test("a picture alone is a question", async () => {
  open("/", world);
  await ready();
  await paste(cat());
  await uploading();
  uploads[0]?.ends(200, { url: "/api/files/1" });
  await waitFor(async () => expect(await send()).toBeEnabled());
});

test("an upload that fails says why, and can be tried again or removed", async () => {
  const user = userEvent.setup();
  open("/", world);
  await ready();
  await paste(cat());
  await uploading();
  const detail = "The picture cannot be read.";
  uploads[0]?.ends(400, { title: "No", status: 400, detail, code: "bad_request:file" });
  expect(
    await screen.findByText(`“cat.png” was not uploaded. ${detail} Try again, or remove it.`),
  ).toBeInTheDocument();
  await user.type(await field(), "What is it?");
  expect(await send()).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Upload cat.png again" }));
  await uploading(2);
  uploads[1]?.onerror?.();
  expect(await screen.findByText(/The server cannot be reached/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Remove cat.png" }));
  expect(screen.queryByText(/The server cannot be reached/)).not.toBeInTheDocument();
  expect(await send()).toBeEnabled();
});

test("a picture that is removed is not uploaded any further, nor kept on the server", async () => {
  const user = userEvent.setup();
  const { asked } = open("/", world);
  await ready();
  await paste(cat());
  await uploading();
  await user.click(await screen.findByRole("button", { name: "Remove cat.png" }));
  expect(uploads[0]?.aborted).toBe(true);
  await paste(cat());
  await uploading(2);
  uploads[1]?.ends(200, { url: "/api/files/2" });
  await waitFor(async () => expect(await send()).toBeEnabled());
  await user.click(await screen.findByRole("button", { name: "Remove cat.png" }));
  await waitFor(() =>
    expect(asked).toContainEqual(expect.objectContaining({ method: "DELETE", path: "/api/files/2" })),
  );
});

test("pictures that are uploaded survive a reload", async () => {
  const first = open("/", world);
  await ready();
  await paste(cat());
  await uploading();
  uploads[0]?.ends(200, { url: "/api/files/1" });
  await waitFor(async () => expect(await send()).toBeEnabled());
  first.unmount();
  open("/", world);
  const list = await screen.findByRole("list", { name: "Pictures to send" });
  expect(within(list).getByRole("img", { name: "cat.png" })).toHaveAttribute("src", "/api/files/1");
});

test("what is no picture is not taken, in a sentence", async () => {
  open("/", world);
  await ready();
  await paste(new File(["x"], "cat.gif", { type: "image/gif" }));
  expect(await screen.findByText("“cat.gif” is not a PNG or JPEG picture.")).toBeInTheDocument();
  expect(uploads).toHaveLength(0);
});

test("a model that cannot see takes no pictures, and says so", async () => {
  const user = userEvent.setup();
  localStorage.setItem("quartet:model", "ear");
  open("/", world);
  await ready("Ear");
  await paste(cat());
  expect(await screen.findByText("Ear cannot see pictures.")).toBeInTheDocument();
  expect(uploads).toHaveLength(0);
  // Where one would attach some, the way leads to the models.
  await user.click(screen.getByRole("button", { name: "Attach, compare, shortcuts" }));
  await user.click(await screen.findByRole("menuitem", { name: /Ear cannot see pictures/ }));
  expect(await screen.findByRole("listbox", { name: "Models" })).toBeInTheDocument();
});

test("a model that cannot see, chosen later, holds the question back until it is changed", async () => {
  const user = userEvent.setup();
  open("/", world);
  await ready();
  await paste(cat());
  await uploading();
  uploads[0]?.ends(200, { url: "/api/files/1" });
  await waitFor(async () => expect(await send()).toBeEnabled());
  await user.click(await ready());
  await user.click(await screen.findByText("Ear"));
  expect(
    await screen.findByText("Ear cannot see pictures. Choose another model, or remove the pictures."),
  ).toBeInTheDocument();
  expect(await send()).toBeDisabled();
});

test("a refused question that is taken back has its pictures again", async () => {
  const user = userEvent.setup();
  open("/", {
    ...world,
    answer: (asked) =>
      asked.path === "/api/chat" && asked.method === "POST"
        ? refusal(402, "payment_required:chat", "Your tokens are used up.")
        : world.answer(asked),
  });
  await ready();
  await paste(cat());
  await uploading();
  uploads[0]?.ends(200, { url: "/api/files/1" });
  await user.type(await field(), "What is it?");
  await waitFor(async () => expect(await send()).toBeEnabled());
  await user.click(await send());
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  expect(await field()).toHaveValue("What is it?");
  expect(await screen.findByRole("list", { name: "Pictures to send" })).toBeInTheDocument();
});
