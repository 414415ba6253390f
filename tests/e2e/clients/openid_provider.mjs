// A certified OpenID provider, with its own pages to sign in and to agree on. Started by openid.py.
import Provider from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    { client_id: "quartet", client_secret: "of quartet alone", redirect_uris: [redirectUri] },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  cookies: { keys: ["for tests"] },
  pkce: { required: () => true },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: true }),
  }),
});

provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));

// Whoever started it holds the other end: it ends with them, however they end.
process.stdin.on("end", () => process.exit()).resume();
