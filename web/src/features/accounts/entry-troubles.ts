const SENTENCES: Record<string, string> = {
  denied: "You did not allow it there, so you are not signed in.",
  expired: "That took too long, or began in another browser. Try again.",
  provider: "The other side did not say who you are. Try again in a moment, or take another way.",
  email_taken:
    "There is already an account with this e-mail address. Sign in to it here, then link the other sign-in on your account page.",
  identity_taken: "This sign-in is linked to another account here.",
  too_many: "There were too many sign-ins from your network. Try again in a few minutes.",
};

const LINK_SENTENCES: Record<string, string> = {
  ...SENTENCES,
  denied: "You did not allow it there, so nothing was linked.",
  expired: "That took too long, or you signed in anew meanwhile. Link it again.",
  provider: "The other side did not say who you are, so nothing was linked. Try again in a moment.",
};

/** What `?error=` of a sign-in with a provider means. */
export const troubleOf = (error: string | undefined): string | null => sentence(SENTENCES, error);

/** The same where an account elsewhere was to be linked. */
export const linkTroubleOf = (error: string | undefined): string | null => sentence(LINK_SENTENCES, error);

const sentence = (sentences: Record<string, string>, error: string | undefined): string | null =>
  error === undefined ? null : (sentences[error] ?? "That did not work. Try again.");
