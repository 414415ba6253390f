import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { accountQuery } from "@/api/account";
import classes from "./account.module.css";
import { DeleteAccount } from "./delete-account";
import { Loaded } from "./loaded";
import { Section } from "./section";
import { TakeOut } from "./take-out";

/** What is kept here of a person: to take along, and to delete. */
export function YourData() {
  const account = useQuery(accountQuery);
  return (
    <>
      <Section
        id="take-out"
        title="Download everything"
        lead={
          <>
            One JSON file with your account, chats, pictures, parts, presets, usage, purchases and activity;
            no passwords or keys. Only the library, to import it elsewhere:{" "}
            <Link to="/library/import">Import and export</Link>.
          </>
        }
      >
        <TakeOut />
      </Section>
      <Section
        id="delete"
        title="Delete account"
        lead="Your account goes at once, and everything in it. Nobody can bring it back."
      >
        <div className={classes.buttons}>
          <Loaded query={account} what="Your account" rows={1}>
            {(data) => <DeleteAccount account={data} />}
          </Loaded>
        </div>
      </Section>
    </>
  );
}
