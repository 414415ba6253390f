import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { Picker, type PickerOption } from "@/components/picker";

const rows = (...labels: string[]): PickerOption[] => labels.map((label) => ({ value: label, label }));

/** A picker that is open, over what the server has answered so far. */
function Example(props: { options: PickerOption[]; loading?: boolean; onPick?: (value: string) => void }) {
  const [opened, setOpened] = useState(true);
  return (
    <MantineProvider env="test">
      <Picker
        label="Styles"
        groups={[{ options: props.options }]}
        actions={rows("New style …")}
        onPick={props.onPick ?? (() => {})}
        opened={opened}
        onOpened={setOpened}
        onSearch={() => {}}
        loading={props.loading}
        target={<button type="button">Style</button>}
      />
    </MantineProvider>
  );
}
const search = () => screen.findByRole("combobox", { name: "Search styles" });
const marked = async () => {
  const id = (await search()).getAttribute("aria-activedescendant");
  return id === null ? null : document.getElementById(id)?.textContent;
};
const marks = (text: string | null) => waitFor(async () => expect(await marked()).toBe(text));

test("the row somebody went to stays marked when more rows come before it", async () => {
  const user = userEvent.setup();
  const { rerender } = render(<Example options={rows("Brief", "Formal")} />);
  await marks("Brief");
  await user.keyboard("{ArrowDown}");
  await marks("Formal");
  rerender(<Example options={rows("Arch", "Brief", "Formal")} />);
  await marks("Formal");
});

test("where nobody went anywhere, the first row is marked, also when another one is first then", async () => {
  const { rerender } = render(<Example options={rows("Brief", "Formal")} />);
  await marks("Brief");
  rerender(<Example options={rows("Arch", "Brief")} />);
  await marks("Arch");
});

test("while nothing has come yet, Enter waits for it and takes no action instead", async () => {
  const user = userEvent.setup();
  const onPick = vi.fn();
  const { rerender } = render(<Example options={[]} loading onPick={onPick} />);
  await search();
  await marks(null);
  await user.keyboard("{Enter}");
  expect(onPick).not.toHaveBeenCalled();
  rerender(<Example options={rows("Brief")} onPick={onPick} />);
  await waitFor(() => expect(onPick).toHaveBeenCalledWith("Brief", ""));
});

test("while an input method is composing, Enter and the arrows are its own", async () => {
  const onPick = vi.fn();
  render(<Example options={rows("Brief", "Formal")} onPick={onPick} />);
  await marks("Brief");
  fireEvent.keyDown(await search(), { key: "Enter", isComposing: true });
  fireEvent.keyDown(await search(), { key: "ArrowDown", isComposing: true });
  expect(onPick).not.toHaveBeenCalled();
  await marks("Brief");
});
