import type { AuditEntry } from "@/api/account";
import { plural } from "@/lib/format";

type Details = AuditEntry["details"];

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const named = ({ name }: Details): string => (text(name) ? ` “${text(name)}”` : "");
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** What a provider is called, by its id. */
export type Names = (provider: string) => string;

const ENTRIES: Record<string, string> = {
  password: "Signed in with the password",
  "password and app": "Signed in with the password and a code of the app",
  "password and recovery code": "Signed in with the password and a recovery code",
  registration: "Made the account",
  guest: "Came in as a guest",
};
const FORMATS: Record<string, string> = { json: "JSON", markdown: "Markdown", skills: "SKILL.md files" };

const whose = ({ email }: Details): string => (text(email) ? ` (${text(email)})` : "");

/** A sentence for every action that the server writes down (`Action` in accounts/audit.py). */
const SENTENCES: Record<string, (details: Details, names: Names) => string> = {
  "session.started": ({ how }, names) => ENTRIES[text(how)] ?? `Signed in with ${names(text(how))}`,
  "session.failed": () => "Wrong password when signing in",
  "session.ended": () => "Signed a browser out",
  "sessions.ended": ({ count }) => `Signed out everywhere else (${plural(number(count), "browser")})`,
  "confirmation.failed": () => "Wrong password when confirming a change",
  "password.changed": ({ sessionsEnded }) =>
    number(sessionsEnded) > 0
      ? `Changed the password; ${plural(number(sessionsEnded), "other browser")} signed out`
      : "Changed the password",
  "second_factor.enabled": () => "Turned two-factor sign-in on",
  "second_factor.disabled": () => "Turned two-factor sign-in off",
  "second_factor.failed": () => "Wrong code for two-factor sign-in",
  "recovery_codes.made": () => "Made new recovery codes",
  "identity.linked": (details, names) =>
    `Linked ${names(text(details.provider))}${whose(details)} as a way to sign in`,
  "identity.unlinked": ({ provider }, names) => `Unlinked ${names(text(provider))} as a way to sign in`,
  "key.made": ({ scopes, ...details }) =>
    `Made the API key${named(details)}${text(scopes) ? `: ${text(scopes).split(" ").join(", ")}` : ""}`,
  "key.revoked": (details) => `Revoked the API key${named(details)}`,
  "account.exported": () => "Downloaded everything",
  "account.deleted": () => "Deleted the account",
  "plan.changed": ({ plan, before }) =>
    `The plan changed${text(before) ? ` from ${capital(text(before))}` : ""} to ${capital(text(plan))}`,
  "chat.deleted": () => "Deleted a chat",
  "chats.deleted": ({ count }) => `Deleted all chats (${number(count)})`,
  "chat.published": () => "Shared a chat with whoever has its link",
  "chat.withdrawn": () => "Stopped sharing a chat",
  "component.deleted": (details) => `Deleted the part${named(details)}`,
  "preset.deleted": (details) => `Deleted the preset${named(details)}`,
  "trash.emptied": ({ count }) => `Emptied the trash (${plural(number(count), "thing")})`,
  "library.exported": ({ format }) =>
    `Exported the library${FORMATS[text(format)] ? ` as ${FORMATS[text(format)]}` : ""}`,
  "library.imported": ({ count }) => `Imported ${plural(number(count), "thing")} into the library`,
};

export const ACTIONS_TOLD = Object.keys(SENTENCES);

/** What happened, in a sentence. A newer server may know more than this page: then its own word for it. */
export function told({ action, details }: Pick<AuditEntry, "action" | "details">, names: Names): string {
  return SENTENCES[action]?.(details, names) ?? capital(action.replaceAll(/[._]/g, " "));
}

/** Somebody tried and failed: worth a second look. */
export const isFailure = ({ action }: Pick<AuditEntry, "action">): boolean => action.endsWith(".failed");
