const LEAST = 8;
// bcrypt reads no more.
const MOST_BYTES = 72;

export const PASSWORD_RULE = `At least ${LEAST} characters`;

/** What is wrong with a new password, if anything is. */
export function newPasswordTrouble(password: string): string | null {
  if (password === "") return "Enter a password.";
  if ([...password].length < LEAST) return `${PASSWORD_RULE}.`;
  return new TextEncoder().encode(password).length > MOST_BYTES ? "Too long: at most 72 bytes." : null;
}
