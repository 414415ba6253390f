import createClient from "openapi-fetch";
import { fromNow } from "@/lib/format";
import type { components, paths } from "./schema.gen";

export type Schemas = components["schemas"];

/** What the server would not do, in its own words: RFC 9457 plus the Chat SDK's `code` and `message`. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    message: string,
    readonly errors: { path: string; message: string }[] = [],
    /** What a sign-in goes on with when only its second factor is missing. */
    readonly challenge?: string,
  ) {
    super(message);
    this.name = "Refusal";
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super("The server cannot be reached. Check the connection and try again.", { cause });
    this.name = "Unreachable";
  }
}

async function refusal(response: Response): Promise<Refusal> {
  const problem = await response.json().catch(() => ({}));
  const text: string = problem.detail ?? problem.message ?? `The server answered ${response.status}.`;
  const errors = Array.isArray(problem.errors) ? problem.errors : [];
  return new Refusal(
    response.status,
    problem.code ?? "",
    problem.title ?? "Something went wrong",
    patient(text, response),
    errors,
    problem.challenge,
  );
}

/** Whoever came too often is told when to come again, in the place of "wait a while". */
function patient(text: string, { status, headers }: Response): string {
  const seconds = Number(headers.get("retry-after"));
  if (status !== 429 || !(seconds > 0)) return text;
  const [what = text] = text.split(/\.(?: |$)/);
  return `${what}. Try again ${fromNow(seconds)}.`;
}

let signedOut: () => void = () => {};

/** Called whenever the server says that nobody is signed in. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

/** `fetch` that throws a Refusal where the server refuses, and Unreachable where it does not answer. */
export async function request(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init).catch((problem: unknown) => {
    throw problem instanceof TypeError ? new Unreachable(problem) : problem;
  });
  return answered(response);
}

/** The answer, unless it is a refusal: then that is thrown. */
export async function answered(response: Response): Promise<Response> {
  if (response.ok) return response;
  const refused = await refusal(response);
  // Who is just signing in was not signed in before.
  if (refused.status === 401 && !response.url.includes("/api/auth/")) signedOut();
  throw refused;
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: (input) => request(input) });

/** The body of an answer that must have one. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  return data as T;
}

export const isRefusal = (error: unknown, status?: number): error is Refusal =>
  error instanceof Refusal && (status === undefined || error.status === status);

/** One sentence to show a person. */
export function explain(error: unknown): string {
  return error instanceof Refusal || error instanceof Unreachable ? error.message : "Something went wrong.";
}
