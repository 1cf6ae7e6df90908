// Made by generate.py from the OpenAPI document; do not edit.

/** Every route, as a method; a body is the parameter `body`. `call` is what sends the request. */
export class Operations {
  /** List messages. GET /api/v1/messages */
  getMessages(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/messages", parameters, "json", options);
  }

  /** Set the read mark. PUT /api/v1/messages */
  putMessages(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/messages", parameters, "text", options);
  }

  /** Delete messages. Those of `IDs`; without a body, with `{}` or an empty list all. Unknown ids are ignored. DELETE /api/v1/messages */
  deleteMessages(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/messages", parameters, "text", options);
  }

  /** Search messages. GET /api/v1/search */
  getSearch(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/search", parameters, "json", options);
  }

  /** Delete what a search finds. DELETE /api/v1/search */
  deleteSearch(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/search", parameters, "text", options);
  }

  /** Read a message. Marks it read. GET /api/v1/message/{id} */
  getMessageId(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}", parameters, "json", options);
  }

  /** Read a message's header section. GET /api/v1/message/{id}/headers */
  getMessageIdHeaders(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/headers", parameters, "json", options);
  }

  /** The message's octets as received. GET /api/v1/message/{id}/raw */
  getMessageIdRaw(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/raw", parameters, "bytes", options);
  }

  /** A part's octets, its transfer encoding taken off. GET /api/v1/message/{id}/part/{part_id} */
  getMessageIdPartPartId(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/part/{part_id}", parameters, "bytes", options);
  }

  /** A thumbnail of an image. 180×120 pixels; blank for what is no image or cannot be shown. GET /api/v1/message/{id}/part/{part_id}/thumb */
  getMessageIdPartPartIdthumb(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/part/{part_id}/thumb", parameters, "bytes", options);
  }

  /** Assert things of a message. Answers 200 whether they hold or not; `passed` tells. POST /api/v1/message/{id}/assert */
  postMessageIdAssert(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/message/{id}/assert", parameters, "json", options);
  }

  /** Check a message. Structure, header, HTML in mail programs, accessibility, links, size, and on request (`only=linkcheck,authentication`) what needs the network. A check that fails says so in `error`. GET /api/v1/message/{id}/checks */
  getMessageIdChecks(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/checks", parameters, "json", options);
  }

  /** Ask every link of a message whether it answers. A line of JSON for each, as soon as it has answered. GET /api/v1/message/{id}/checks/links */
  getMessageIdChecksLinks(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/checks/links", parameters, "lines", options);
  }

  /** How mail programs treat the HTML. GET /api/v1/message/{id}/html-check */
  getMessageIdHtmlCheck(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/html-check", parameters, "json", options);
  }

  /** Whether the links answer. Marks the message read. Links that look as if they worked once only are left alone. GET /api/v1/message/{id}/link-check */
  getMessageIdLinkCheck(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/link-check", parameters, "json", options);
  }

  /** What the spam filter thinks. GET /api/v1/message/{id}/sa-check */
  getMessageIdSaCheck(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/sa-check", parameters, "json", options);
  }

  /** Find one-time codes and links in a message. Every code and link with its kind and a confidence from 0 to 1, most confident first; `code` and `link` are those that the message was sent for. Does not mark the message read. GET /api/v1/message/{id}/extract */
  getMessageIdExtract(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/extract", parameters, "json", options);
  }

  /** Faults on purpose. GET /api/v1/faults */
  getFaults(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/faults", parameters, "json", options);
  }

  /** Have these faults and no others. PUT /api/v1/faults */
  putFaults(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/faults", parameters, "json", options);
  }

  /** Have one more fault. POST /api/v1/faults */
  postFaults(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/faults", parameters, "json", options);
  }

  /** Have no faults. DELETE /api/v1/faults */
  deleteFaults(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/faults", parameters, "json", options);
  }

  /** Forget one fault. DELETE /api/v1/faults/{number} */
  deleteFaultsNumber(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/faults/{number}", parameters, "json", options);
  }

  /** Mailpit's chaos triggers. GET /api/v1/chaos */
  getChaos(options = {}) {
    return this.call("GET", "/api/v1/chaos", {}, "json", options);
  }

  /** Set Mailpit's chaos triggers. PUT /api/v1/chaos */
  putChaos(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/chaos", parameters, "json", options);
  }

  /** The relays that messages can be released through. The first one is the default. Passwords are never told. GET /api/v1/relays */
  getRelays(options = {}) {
    return this.call("GET", "/api/v1/relays", {}, "json", options);
  }

  /** Send a message onward. To the given addresses, through a relay of the settings. Bcc is taken out; Date and, unless the relay keeps it, Message-ID are new. POST /api/v1/message/{id}/release */
  postMessageIdRelease(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/message/{id}/release", parameters, "either", options);
  }

  /** What is sent onward, by relays and webhooks. GET /api/v1/outgoing */
  getOutgoing(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/outgoing", parameters, "json", options);
  }

  /** Who is told of new mail. GET /api/v1/webhooks */
  getWebhooks(options = {}) {
    return this.call("GET", "/api/v1/webhooks", {}, "json", options);
  }

  /** Call a webhook about the newest message. POST /api/v1/webhooks/{name}/test */
  postWebhooksNameTest(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/webhooks/{name}/test", parameters, "json", options);
  }

  /** List tags. GET /api/v1/tags */
  getTags(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/tags", parameters, "json", options);
  }

  /** Set messages' tags. PUT /api/v1/tags */
  putTags(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/tags", parameters, "text", options);
  }

  /** Rename a tag. PUT /api/v1/tags/{tag} */
  putTagsTag(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/tags/{tag}", parameters, "text", options);
  }

  /** Delete a tag. The messages stay. DELETE /api/v1/tags/{tag} */
  deleteTagsTag(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/tags/{tag}", parameters, "text", options);
  }

  /** List inboxes. GET /api/v1/inboxes */
  getInboxes(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/inboxes", parameters, "json", options);
  }

  /** Make an inbox. With a random name unless one is given. From then on its name and password are asked for when somebody logs in to SMTP or POP3 by that name; an inbox that mail had made keeps its mail. POST /api/v1/inboxes */
  postInboxes(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/inboxes", parameters, "json", options);
  }

  /** Look at an inbox. GET /api/v1/inboxes/{inbox} */
  getInboxesInbox(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/inboxes/{inbox}", parameters, "json", options);
  }

  /** Delete an inbox with its mail. Mail that is in another inbox too stays there. Faults set up for the inbox go. DELETE /api/v1/inboxes/{inbox} */
  deleteInboxesInbox(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/inboxes/{inbox}", parameters, "json", options);
  }

  /** Wait for messages. Answers as soon as `count` messages match, without marking them read. Messages are judged when they arrive, and once more when the time is over. GET /api/v1/wait */
  getWait(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/wait", parameters, "json", options);
  }

  /** Hear of news as server-sent events. The frames of the WebSocket but for `stats`, each as the data of an event named by its type. GET /api/v1/events */
  getEvents(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/events", parameters, "text", options);
  }

  /** Send a message in. POST /api/v1/send */
  postSend(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/send", parameters, "json", options);
  }

  /** The program and its mailbox. GET /api/v1/info */
  getInfo(options = {}) {
    return this.call("GET", "/api/v1/info", {}, "json", options);
  }

  /** What a user interface needs to know. GET /api/v1/webui */
  getWebui(options = {}) {
    return this.call("GET", "/api/v1/webui", {}, "json", options);
  }

  /** The CA of a generated certificate. GET /api/v1/ca.pem */
  getCaPem(options = {}) {
    return this.call("GET", "/api/v1/ca.pem", {}, "bytes", options);
  }

  /** Whether the server runs. GET /livez */
  getLivez(options = {}) {
    return this.call("GET", "/livez", {}, "text", options);
  }

  /** Whether the server can take and give mail. GET /readyz */
  getReadyz(options = {}) {
    return this.call("GET", "/readyz", {}, "text", options);
  }

  /** Tokens of the API. GET /api/v1/tokens */
  getTokens(options = {}) {
    return this.call("GET", "/api/v1/tokens", {}, "json", options);
  }

  /** Make a token. POST /api/v1/tokens */
  postTokens(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/tokens", parameters, "json", options);
  }

  /** Revoke a token. DELETE /api/v1/tokens/{number} */
  deleteTokensNumber(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/tokens/{number}", parameters, "json", options);
  }

  /** List SMTP connections that brought no message. GET /api/v1/sessions */
  getSessions(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/sessions", parameters, "json", options);
  }

  /** This document. GET /api/v1/openapi.json */
  getOpenapiJson(options = {}) {
    return this.call("GET", "/api/v1/openapi.json", {}, "json", options);
  }
}
