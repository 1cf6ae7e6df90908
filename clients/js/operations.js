// Made by generate.py from the OpenAPI document; do not edit.

/** Every route, as a method; a body is the parameter `body`. `call` is what sends the request. */
export class Operations {
  /** List messages. GET /api/v1/messages */
  getMessages(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/messages", parameters, "json", options);
  }

  /** Mark messages as read or unread. PUT /api/v1/messages */
  putMessages(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/messages", parameters, "text", options);
  }

  /** Delete messages. Deletes the messages in `IDs`; without a body, with `{}` or with an empty list, all messages. Unknown ids are ignored. DELETE /api/v1/messages */
  deleteMessages(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/messages", parameters, "text", options);
  }

  /** Search messages. GET /api/v1/search */
  getSearch(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/search", parameters, "json", options);
  }

  /** Delete the messages that a search finds. A query without a condition, or with an invalid term, is refused. DELETE /api/v1/search */
  deleteSearch(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/search", parameters, "text", options);
  }

  /** Get a message. Marks it as read. GET /api/v1/message/{id} */
  getMessageId(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}", parameters, "json", options);
  }

  /** Get the header section of a message. GET /api/v1/message/{id}/headers */
  getMessageIdHeaders(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/headers", parameters, "json", options);
  }

  /** Get the octets of a message as received. GET /api/v1/message/{id}/raw */
  getMessageIdRaw(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/raw", parameters, "bytes", options);
  }

  /** Get the decoded octets of a part. GET /api/v1/message/{id}/part/{part_id} */
  getMessageIdPartPartId(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/part/{part_id}", parameters, "bytes", options);
  }

  /** Get a thumbnail of an image. 180×120 pixels; blank if the part is no image or cannot be decoded. GET /api/v1/message/{id}/part/{part_id}/thumb */
  getMessageIdPartPartIdthumb(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/part/{part_id}/thumb", parameters, "bytes", options);
  }

  /** Evaluate assertions about a message. The status is 200 whether they pass or not; see `passed`. POST /api/v1/message/{id}/assert */
  postMessageIdAssert(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/message/{id}/assert", parameters, "json", options);
  }

  /** Check a message. Checks structure, header, HTML in mail programs, accessibility, links, size and, on request (`only=linkcheck,authentication`), what needs the network. The report of a failed check has the reason in `error`. GET /api/v1/message/{id}/checks */
  getMessageIdChecks(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/checks", parameters, "json", options);
  }

  /** Request every link of a message. The result of each link is a line of JSON, sent as soon as it is known. GET /api/v1/message/{id}/checks/links */
  getMessageIdChecksLinks(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/checks/links", parameters, "lines", options);
  }

  /** Check the HTML against the features that mail programs support. GET /api/v1/message/{id}/html-check */
  getMessageIdHtmlCheck(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/html-check", parameters, "json", options);
  }

  /** Check the links. Marks the message as read. Links that look as if they work only once are not requested. GET /api/v1/message/{id}/link-check */
  getMessageIdLinkCheck(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/link-check", parameters, "json", options);
  }

  /** Get the verdict of the spam filter. GET /api/v1/message/{id}/sa-check */
  getMessageIdSaCheck(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/sa-check", parameters, "json", options);
  }

  /** Find one-time codes and links in a message. Every code and link has a kind and a confidence from 0 to 1; the most confident come first. `code` and `link` are those that the message was sent for. The message is not marked as read. GET /api/v1/message/{id}/extract */
  getMessageIdExtract(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/message/{id}/extract", parameters, "json", options);
  }

  /** List the active faults. GET /api/v1/faults */
  getFaults(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/faults", parameters, "json", options);
  }

  /** Replace all faults. PUT /api/v1/faults */
  putFaults(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/faults", parameters, "json", options);
  }

  /** Add a fault. POST /api/v1/faults */
  postFaults(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/faults", parameters, "json", options);
  }

  /** Remove all faults. DELETE /api/v1/faults */
  deleteFaults(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/faults", parameters, "json", options);
  }

  /** Remove a fault. DELETE /api/v1/faults/{number} */
  deleteFaultsNumber(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/faults/{number}", parameters, "json", options);
  }

  /** Get Mailpit's chaos triggers. GET /api/v1/chaos */
  getChaos(options = {}) {
    return this.call("GET", "/api/v1/chaos", {}, "json", options);
  }

  /** Set Mailpit's chaos triggers. PUT /api/v1/chaos */
  putChaos(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/chaos", parameters, "json", options);
  }

  /** List the relays that messages can be released through. The first one is the default. Passwords are never returned. GET /api/v1/relays */
  getRelays(options = {}) {
    return this.call("GET", "/api/v1/relays", {}, "json", options);
  }

  /** Release a message. Sends it to the given addresses through a relay. Bcc is removed; Date and, unless the relay preserves it, Message-ID are replaced. If an address is not allowed, nothing is sent to any. POST /api/v1/message/{id}/release */
  postMessageIdRelease(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/message/{id}/release", parameters, "either", options);
  }

  /** List the deliveries to relays and webhooks. GET /api/v1/outgoing */
  getOutgoing(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/outgoing", parameters, "json", options);
  }

  /** List the webhooks. GET /api/v1/webhooks */
  getWebhooks(options = {}) {
    return this.call("GET", "/api/v1/webhooks", {}, "json", options);
  }

  /** Call a webhook with the newest message. POST /api/v1/webhooks/{name}/test */
  postWebhooksNameTest(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/webhooks/{name}/test", parameters, "json", options);
  }

  /** List tags. GET /api/v1/tags */
  getTags(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/tags", parameters, "json", options);
  }

  /** Set the tags of messages. Invalid tags and unknown ids are ignored. PUT /api/v1/tags */
  putTags(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/tags", parameters, "text", options);
  }

  /** Rename a tag. PUT /api/v1/tags/{tag} */
  putTagsTag(parameters = {}, options = {}) {
    return this.call("PUT", "/api/v1/tags/{tag}", parameters, "text", options);
  }

  /** Delete a tag. Messages that have it are kept. DELETE /api/v1/tags/{tag} */
  deleteTagsTag(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/tags/{tag}", parameters, "text", options);
  }

  /** List inboxes. GET /api/v1/inboxes */
  getInboxes(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/inboxes", parameters, "json", options);
  }

  /** Create an inbox. With a random name unless one is given. From then on its password is required to log in to SMTP or POP3 with its name. An inbox that arriving mail had created keeps its mail. POST /api/v1/inboxes */
  postInboxes(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/inboxes", parameters, "json", options);
  }

  /** Get an inbox. GET /api/v1/inboxes/{inbox} */
  getInboxesInbox(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/inboxes/{inbox}", parameters, "json", options);
  }

  /** Delete an inbox with its mail. Messages that are also in another inbox stay there. The faults of the inbox are removed. DELETE /api/v1/inboxes/{inbox} */
  deleteInboxesInbox(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/inboxes/{inbox}", parameters, "json", options);
  }

  /** Wait for messages. Responds as soon as `count` messages match, without marking them as read. Messages are matched when they arrive, and once more at the end of the timeout. GET /api/v1/wait */
  getWait(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/wait", parameters, "json", options);
  }

  /** Receive events as server-sent events. The data of each event is a frame of the WebSocket, except for `stats`, and its name the frame's type. GET /api/v1/events */
  getEvents(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/events", parameters, "text", options);
  }

  /** Store a message. It is stored like a message received over SMTP. POST /api/v1/send */
  postSend(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/send", parameters, "json", options);
  }

  /** Get information about the program and its mailbox. GET /api/v1/info */
  getInfo(options = {}) {
    return this.call("GET", "/api/v1/info", {}, "json", options);
  }

  /** Get the CA certificate behind a generated certificate. GET /api/v1/ca.pem */
  getCaPem(options = {}) {
    return this.call("GET", "/api/v1/ca.pem", {}, "bytes", options);
  }

  /** Check whether the server runs. GET /livez */
  getLivez(options = {}) {
    return this.call("GET", "/livez", {}, "text", options);
  }

  /** Check whether the server is ready to accept and return mail. GET /readyz */
  getReadyz(options = {}) {
    return this.call("GET", "/readyz", {}, "text", options);
  }

  /** Get the configuration that a user interface needs. GET /api/v1/webui */
  getWebui(options = {}) {
    return this.call("GET", "/api/v1/webui", {}, "json", options);
  }

  /** List the tokens of the API. GET /api/v1/tokens */
  getTokens(options = {}) {
    return this.call("GET", "/api/v1/tokens", {}, "json", options);
  }

  /** Create a token. POST /api/v1/tokens */
  postTokens(parameters = {}, options = {}) {
    return this.call("POST", "/api/v1/tokens", parameters, "json", options);
  }

  /** Revoke a token. DELETE /api/v1/tokens/{number} */
  deleteTokensNumber(parameters = {}, options = {}) {
    return this.call("DELETE", "/api/v1/tokens/{number}", parameters, "json", options);
  }

  /** List SMTP sessions that delivered no message. GET /api/v1/sessions */
  getSessions(parameters = {}, options = {}) {
    return this.call("GET", "/api/v1/sessions", parameters, "json", options);
  }

  /** Get this document. GET /api/v1/openapi.json */
  getOpenapiJson(options = {}) {
    return this.call("GET", "/api/v1/openapi.json", {}, "json", options);
  }
}
