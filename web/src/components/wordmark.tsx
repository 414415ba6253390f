/** Four quarters of one voice: a round bubble whose tail leans on the last part. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M15 15H2A13 13 0 0 1 15 2Z" fill="var(--q-role)" />
      <path d="M17 15V2a13 13 0 0 1 13 13Z" fill="var(--q-style)" />
      <path d="M15 17v13A13 13 0 0 1 2 17Z" fill="var(--q-context)" />
      <path d="M17 17h13l-4.2 9.2L30 30h-4.6l-2-1.9A13 13 0 0 1 17 30Z" fill="var(--q-mode)" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 10 }}>
      <Mark />
      <span style={{ fontSize: 18, fontWeight: 680, letterSpacing: "-0.02em" }}>Quartet</span>
    </span>
  );
}
