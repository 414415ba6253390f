import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { queryClient } from "@/api/query-client";
import { SlotPicker } from "@/components/slot-picker";
import { json } from "../../app";
import { aComponent } from "../../make";

const role = (name: string) => aComponent({ id: name.toLowerCase(), type: "role", name });

function Slot({ onChange }: { onChange: (id: string | null) => void }) {
  const [opened, setOpened] = useState(false);
  return (
    <SlotPicker
      type="role"
      value={null}
      onChange={onChange}
      opened={opened}
      onOpened={setOpened}
      look="field"
    />
  );
}

/** A library whose first page is full; only a search, which answers when told to, finds the zookeeper. */
function show() {
  const picked = vi.fn();
  let answer = () => {};
  const told = new Promise<void>((resolve) => {
    answer = resolve;
  });
  vi.stubGlobal("fetch", async (input: Request) => {
    const q = new URL(input.url).searchParams.get("q");
    if (!q) return json({ items: [role("Tutor"), role("Critic")], nextCursor: "more" });
    await told;
    return json({ items: [role("Zookeeper")], nextCursor: null });
  });
  queryClient.clear();
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queryClient}>
        <Slot onChange={picked} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { picked, answer: () => answer() };
}

test("what is not on the first page is found, and Enter takes nothing until it is", async () => {
  const user = userEvent.setup();
  const { picked, answer } = show();
  await user.click(screen.getByRole("button", { name: /Role/ }));
  await screen.findByRole("option", { name: /Tutor/ });
  expect(screen.getByText("These are the most used. Type to find any other.")).toBeInTheDocument();
  await user.keyboard("zoo");
  await waitFor(() => expect(screen.queryByRole("option", { name: /Tutor/ })).not.toBeInTheDocument());
  await user.keyboard("{Enter}");
  expect(screen.getByRole("combobox", { name: "Search roles" })).toHaveValue("zoo");
  expect(picked).not.toHaveBeenCalled();
  answer();
  // The Enter that came too early takes what was meant, once it is there.
  await waitFor(() => expect(picked).toHaveBeenCalledWith("zookeeper"));
  expect(picked).toHaveBeenCalledTimes(1);
});
