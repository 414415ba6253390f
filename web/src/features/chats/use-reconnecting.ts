import { useNetwork } from "@mantine/hooks";
import { useEffect } from "react";
import { isRefusal } from "@/api/client";

const EVERY_MS = 3_000;

/** A line that broke: the answer goes on without us, so ask for it until the server can be heard again. */
export function useReconnecting(line: {
  broken: boolean;
  /** Reads what was said; answers whether the last question is in it. */
  reload: () => Promise<boolean>;
  onBack: () => void;
  /** The server is there and does not know the question. */
  onLost: () => void;
}): void {
  const { broken, reload, onBack, onLost } = line;
  const { online } = useNetwork();
  useEffect(() => {
    if (!broken || !online) return;
    const reconnect = async () => {
      try {
        if (await reload()) onBack();
        else onLost();
      } catch (problem) {
        if (isRefusal(problem)) onLost();
      }
    };
    void reconnect();
    const timer = setInterval(() => void reconnect(), EVERY_MS);
    return () => clearInterval(timer);
  }, [broken, online, reload, onBack, onLost]);
}
