// Commands for Cypress. In cypress.config.js: `setupNodeEvents(on) { on("task", tasks()) }`; in cypress/support/e2e.js:
// `addCommands(Cypress, cy)`. The requests go through Node, so that the browser's rules for foreign origins do not apply.
import { Catcher } from "./index.js";

const GRACE = 15_000; // milliseconds for a command, besides those that it waits for mail

/** Return the tasks of the commands, for `on("task", …)`. url: of the catcher; the default is CATCHER_URL. */
export function tasks(url) {
  const inboxes = new Map();
  const at = (name) => {
    if (!inboxes.has(name)) throw new Error(`no inbox ${name} was created by cy.mailbox()`);
    return inboxes.get(name);
  };
  return {
    "catcher:inbox": async (wanted) => {
      const inbox = await new Catcher(url).inbox(wanted ?? {});
      inboxes.set(inbox.name, inbox);
      const { name, host, port, username, password, smtpUrl } = inbox;
      return { name, host, port, username, password, smtpUrl, address: inbox.addresses[0] ? inbox.address() : "" };
    },
    "catcher:wait": async ({ inbox, ...conditions }) => plain(await at(inbox).waitFor(conditions)),
    "catcher:messages": async ({ inbox }) => (await at(inbox).messages()).map(plain),
    "catcher:assertEmpty": async ({ inbox, within }) => {
      await at(inbox).assertEmpty({ within });
      return null;
    },
    "catcher:fault": async ({ inbox, ...fault }) => at(inbox).fault(fault),
    "catcher:delete": async ({ inbox }) => {
      await at(inbox).delete();
      inboxes.delete(inbox);
      return null;
    },
  };
}

/** Add cy.mailbox(), and for its subject: waitForMail, mails, assertNoMail, mailFault, deleteMailbox. */
export function addCommands(Cypress, cy) {
  const task = (name, argument, timeout = 0) => cy.task(`catcher:${name}`, argument, { timeout: timeout + GRACE });
  const onInbox = { prevSubject: true };
  Cypress.Commands.add("mailbox", (wanted = {}) => task("inbox", wanted));
  Cypress.Commands.add("waitForMail", onInbox, ({ name }, { timeout = 30_000, ...conditions } = {}) =>
    task("wait", { inbox: name, timeout, ...conditions }, timeout),
  );
  Cypress.Commands.add("mails", onInbox, ({ name }) => task("messages", { inbox: name }));
  Cypress.Commands.add("assertNoMail", onInbox, ({ name }, { within = 0 } = {}) =>
    task("assertEmpty", { inbox: name, within }, within),
  );
  Cypress.Commands.add("mailFault", onInbox, ({ name }, fault) => task("fault", { inbox: name, ...fault }));
  Cypress.Commands.add("deleteMailbox", onInbox, ({ name }) => task("delete", { inbox: name }));
}

/** Return a message as plain values, which can be passed from Node to the browser. */
function plain(message) {
  const { id, subject, from, to, recipients, text, html, attachments, codes, links, detail } = message;
  const { code, link } = detail.extract;
  return { id, subject, from, to, recipients, text, html, attachments, codes, links, code: code?.value ?? null, link: link?.url ?? null };
}
