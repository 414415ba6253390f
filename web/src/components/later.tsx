import { notifications } from "@mantine/notifications";
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { soon } from "@/lib/soon";

/**
 * A component that comes after the page can be used. Unlike `lazy` it is there at once when it has come before it is
 * needed, and one that does not come (offline, a new version on the server) takes nothing else off the page. What is
 * not opened yet lets the page finish first.
 */
export function later<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>) {
  let come: ComponentType<Props> | undefined;
  const preload = () =>
    load().then(
      (module) => {
        come = module.default;
      },
      () => {},
    );

  function Later({ meanwhile, ...props }: Props & { meanwhile?: ReactNode }) {
    const [, setHere] = useState(come !== undefined);
    const closed = "opened" in props && props.opened === false;
    useEffect(() => {
      if (come) return;
      const ask = () =>
        void preload().then(() => {
          if (come) setHere(true);
          else
            notifications.show({
              id: "later",
              message: "This did not load. Reload the page when the connection is back.",
            });
        });
      if (closed) return soon(ask);
      ask();
    }, [closed]);
    const Come = come;
    return Come ? <Come {...(props as unknown as Props)} /> : meanwhile;
  }
  return Object.assign(Later, { preload });
}
