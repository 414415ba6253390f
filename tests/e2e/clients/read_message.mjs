// Asks, or takes up a running answer, as a page built on the AI SDK does, and prints what it ends up with.
//
//   node read_message.mjs CLIENT ORIGIN COOKIE ask BODY.json
//   node read_message.mjs CLIENT ORIGIN COOKIE resume CHAT_ID
//
// CLIENT is an alias of package.json. Prints {message, errors, chunks}, or null where there is nothing to resume;
// before that "listening", on standard error, when the first chunk has arrived.
import { readFile } from "node:fs/promises";

const [client, origin, cookie, act, subject] = process.argv.slice(2);
const { DefaultChatTransport, readUIMessageStream } = await import(client);
const transport = new DefaultChatTransport({ api: `${origin}/api/chat`, headers: { cookie } });

async function ask() {
  const { id, message, ...body } = JSON.parse(await readFile(subject, "utf8"));
  return transport.sendMessages({ chatId: id, messages: [message], trigger: "submit-message", body });
}

const stream = await (act === "ask" ? ask() : transport.reconnectToStream({ chatId: subject }));
if (stream === null) {
  console.log("null");
} else {
  const heard = { message: null, errors: [], chunks: [] };
  const noted = new TransformStream({
    transform(chunk, controller) {
      if (heard.chunks.length === 0) console.error("listening");
      heard.chunks.push(chunk);
      controller.enqueue(chunk);
    },
  });
  const messages = readUIMessageStream({
    stream: stream.pipeThrough(noted),
    onError: (error) => heard.errors.push(error.message),
  });
  for await (const message of messages) heard.message = message;
  console.log(JSON.stringify(heard));
}
