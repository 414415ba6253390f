// Auth.js as a Chat SDK sets it up, without the Chat SDK. Reads requests from standard input, a JSON object a line,
// and answers each with a line: {status, body, cookies: {name: value}}. A cookie that it deletes has the value "".
//
//   {act: "sign in", url, secrets, user}     the user is whom `authorize` returns
//   {act: "session", url, secrets, cookie}   who is signed in; Auth.js renews the cookie as it answers
import { createInterface } from "node:readline";
import { Auth, skipCSRFCheck } from "@auth/core";
import Credentials from "@auth/core/providers/credentials";

function config(secrets, user) {
  return {
    secret: secrets,
    basePath: "/api/auth",
    trustHost: true,
    skipCSRFCheck,
    session: { strategy: "jwt" },
    providers: [Credentials({ credentials: {}, authorize: () => user ?? null })],
    callbacks: {
      jwt({ token, user }) {
        if (user) Object.assign(token, { id: user.id, type: user.type });
        return token;
      },
      session({ session, token }) {
        Object.assign(session.user, { id: token.id, type: token.type });
        return session;
      },
    },
  };
}

async function act({ act, url, secrets, user, cookie }) {
  const request =
    act === "sign in"
      ? new Request(`${url}/api/auth/callback/credentials`, {
          method: "POST",
          body: new URLSearchParams({}),
        })
      : new Request(`${url}/api/auth/session`, { headers: { cookie } });
  const answer = await Auth(request, config(secrets, user));
  const pairs = answer.headers.getSetCookie().map((each) => each.split(";")[0].split(/=(.*)/s));
  const body = act === "session" ? await answer.json() : null;
  return { status: answer.status, body, cookies: Object.fromEntries(pairs.map(([n, v]) => [n, v])) };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await act(JSON.parse(line))));
}
