interface Key {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
}

/**
 * What a key means in the message field: send, open the list of presets and parts, or just itself.
 * While an input method is composing (Japanese, Chinese, Korean), Enter belongs to it.
 */
export function act(key: Key, text: string): "send" | "slash" | null {
  if (key.isComposing) return null;
  const bare = !key.altKey && !key.ctrlKey && !key.metaKey;
  if (key.key === "Enter" && !key.shiftKey && !key.altKey) return "send";
  if (key.key === "/" && bare && text === "") return "slash";
  return null;
}
