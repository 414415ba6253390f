import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Identity, identitiesQuery, useLink, useUnlink } from "@/api/account";
import { type Provider, providersQuery } from "@/api/entry";
import { Confirm } from "@/components/confirm";
import { ago } from "@/lib/format";
import classes from "./account.module.css";
import { linkTroubleOf } from "./entry-troubles";
import { Loaded } from "./loaded";
import { PasswordStep } from "./password-step";
import { ProviderIcon } from "./provider-icon";
import { Row, Section } from "./section";
import { useProviderNames } from "./use-provider-names";

/** The accounts elsewhere that sign one in here. Not there where this server knows no provider. */
export function Identities({ hasPassword, error }: { hasPassword: boolean; error: string | undefined }) {
  const linked = useQuery(identitiesQuery);
  const providers = useQuery(providersQuery).data?.items ?? [];
  const trouble = linkTroubleOf(error);
  if (providers.length === 0 && (linked.data?.items ?? []).length === 0) return null;
  return (
    <Section
      id="identities"
      title="Other ways to sign in"
      lead="With an account that you have elsewhere. Two-factor sign-in is then up to it."
    >
      {trouble ? (
        <p className={classes.trouble} role="alert">
          {trouble}
        </p>
      ) : null}
      <Loaded query={linked} what="Your linked accounts" rows={1}>
        {({ items }) => <List items={items} />}
      </Loaded>
      <LinkButtons providers={providers} linked={linked.data?.items ?? []} hasPassword={hasPassword} />
    </Section>
  );
}

function List({ items }: { items: Identity[] }) {
  const names = useProviderNames();
  const unlink = useUnlink();
  const [doomed, setDoomed] = useState<Identity | null>(null);
  const close = () => {
    setDoomed(null);
    unlink.reset();
  };
  const name = doomed ? names(doomed.provider) : "";
  if (items.length === 0) return null;
  return (
    <>
      <ul className={classes.rows}>
        {items.map((identity) => (
          <Row
            key={identity.id}
            icon={<ProviderIcon id={identity.provider} />}
            name={names(identity.provider)}
            note={[identity.email, `last used ${ago(identity.lastUsedAt)}`].filter(Boolean).join(" · ")}
            actions={
              <Button
                size="sm"
                variant="default"
                aria-label={`Unlink ${names(identity.provider)}`}
                onClick={() => setDoomed(identity)}
              >
                Unlink
              </Button>
            }
          />
        ))}
      </ul>
      <Confirm
        opened={doomed !== null}
        title={`Unlink ${name}?`}
        action="Unlink"
        busy={unlink.isPending}
        error={unlink.error}
        onConfirm={() => doomed && unlink.mutate(doomed.id, { onSuccess: close })}
        onClose={close}
      >
        It no longer signs you in here. You can link it again at any time.
      </Confirm>
    </>
  );
}

function LinkButtons(props: { providers: Provider[]; linked: Identity[]; hasPassword: boolean }) {
  const [chosen, setChosen] = useState<Provider | null>(null);
  const close = () => setChosen(null);
  return (
    <>
      <div className={classes.buttons}>
        {props.providers.map((provider) => (
          <Button
            key={provider.id}
            size="sm"
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => setChosen(provider)}
          >
            {props.linked.some((each) => each.provider === provider.id) ? "Link another" : "Link"}{" "}
            {provider.name}
          </Button>
        ))}
      </div>
      <Modal opened={chosen !== null} onClose={close} title={`Link ${chosen?.name ?? ""}`}>
        {chosen ? <ConfirmLink provider={chosen} hasPassword={props.hasPassword} onCancel={close} /> : null}
      </Modal>
    </>
  );
}

function ConfirmLink(props: { provider: Provider; hasPassword: boolean; onCancel: () => void }) {
  const { provider, hasPassword } = props;
  const link = useLink(provider.id);
  return (
    <PasswordStep
      lead={`Then you go to ${provider.name}, and come back here.`}
      action={`Go to ${provider.name}`}
      hasPassword={hasPassword}
      act={link}
      onCancel={props.onCancel}
    />
  );
}
