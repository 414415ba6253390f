import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import SavePreset from "@/features/chats/save-preset";

test("the name has the focus as soon as the dialog is there", () => {
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <SavePreset
          slots={{ roleId: null, styleId: "s", contextId: null, modeId: null }}
          onSaved={() => {}}
          onClose={() => {}}
        />
      </QueryClientProvider>
    </MantineProvider>,
  );
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveFocus();
});
