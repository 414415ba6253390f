import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { auditQuery, takeOut } from "@/api/account";
import { explain } from "@/api/client";
import { keepFile } from "@/lib/files";
import { bytes } from "@/lib/format";
import classes from "./account.module.css";

type State = { step: "ready" } | { step: "busy"; arrived: number } | { step: "done"; size: number };

/** Downloads everything. Not a plain link: a refusal or a broken line would look like a file. */
export function TakeOut() {
  const client = useQueryClient();
  const [state, setState] = useState<State>({ step: "ready" });
  const [error, setError] = useState<unknown>(null);
  const control = useRef<AbortController>(null);
  useEffect(() => () => control.current?.abort(), []);

  async function begin() {
    const own = new AbortController();
    control.current = own;
    setError(null);
    setState({ step: "busy", arrived: 0 });
    try {
      const file = await takeOut(own.signal, (arrived) => setState({ step: "busy", arrived }));
      keepFile(file);
      setState({ step: "done", size: file.size });
      void client.invalidateQueries({ queryKey: auditQuery.queryKey });
    } catch (problem) {
      setState({ step: "ready" });
      if (!own.signal.aborted) setError(problem);
    }
  }

  const busy = state.step === "busy";
  return (
    <>
      <div className={classes.buttons}>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          loading={busy}
          onClick={() => void begin()}
        >
          Download everything
        </Button>
        {busy ? (
          <Button variant="subtle" onClick={() => control.current?.abort()}>
            Cancel
          </Button>
        ) : null}
      </div>
      <p className={classes.progress} role="status">
        {state.step === "busy" ? `${bytes(state.arrived)} so far …` : null}
        {state.step === "done" ? `Downloaded, ${bytes(state.size)}.` : null}
      </p>
      {error ? (
        <p className={classes.refused} role="alert">
          Not downloaded. {explain(error)}
        </p>
      ) : null}
    </>
  );
}
