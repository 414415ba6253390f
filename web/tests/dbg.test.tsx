import { test } from "vitest";
import { ME, open } from "./app";
test("dbg", async () => {
  const { asked, container } = open("/presets", { user: ME });
  await new Promise((r) => setTimeout(r, 5000));
  console.log(JSON.stringify(asked.map(a=>a.path)), container.textContent?.slice(0, 1500), container.innerHTML.length);
  const { queryClient } = await import("@/api/query-client");
  console.log(queryClient.getQueryCache().getAll().map(q=>[JSON.stringify(q.queryKey),q.state.status,q.state.fetchStatus,String(q.state.error)]));
});
