import type { AttachmentInfo, Conditions, Code, Link, FaultRequest, Fault, InboxRequest } from "./index.js";

/** The subject of cy.mailbox(). address: "" if mail is routed to it by logging in only. */
export interface Mailbox {
  name: string;
  host: string;
  port: number;
  username: string;
  password: string;
  smtpUrl: string;
  address: string;
}

/** The subject of cy.waitForMail(). code, link: those that the message was sent for, null if there is none. */
export interface Mail {
  id: string;
  subject: string;
  from: string;
  to: string[];
  recipients: string[];
  text: string;
  html: string;
  attachments: AttachmentInfo[];
  codes: Code[];
  links: Link[];
  code: string | null;
  link: string | null;
}

/** For `on("task", tasks())`. */
export function tasks(url?: string): Record<string, (argument: never) => Promise<unknown>>;
/** For cypress/support/e2e.js: `addCommands(Cypress, cy)`. */
export function addCommands(Cypress: unknown, cy: unknown): void;

declare global {
  namespace Cypress {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Cypress declares it
    interface Chainable<Subject = any> {
      mailbox(wanted?: InboxRequest): Chainable<Mailbox>;
      waitForMail(conditions?: Conditions & { timeout?: number }): Chainable<Mail>;
      mails(): Chainable<Mail[]>;
      assertNoMail(options?: { within?: number }): Chainable<null>;
      mailFault(fault: Omit<FaultRequest, "query">): Chainable<Fault>;
      deleteMailbox(): Chainable<null>;
    }
  }
}
