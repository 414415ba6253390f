import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

/** A text field whose value stands in the address: it follows the typing after a pause, and leads on Back. */
export function useUrlText(
  value: string,
  onSettled: (text: string) => void,
): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const settle = useDebouncedCallback((typed: string) => {
    sent.current = typed;
    onSettled(typed);
  }, 200);

  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);

  function type(typed: string) {
    setText(typed);
    settle(typed);
  }
  return [text, type];
}
