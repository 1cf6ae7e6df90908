// An application to be tested: customers sign up and confirm by a code that comes by mail.
import { randomInt } from "node:crypto";
import nodemailer from "nodemailer";

export class Shop {
  #codes = new Map();
  #customers = new Set();

  constructor(smtpUrl) {
    this.transport = nodemailer.createTransport(smtpUrl);
  }

  /** Sends a code; the mail is on its way when this returns. */
  signUp(address) {
    const code = String(randomInt(1e6)).padStart(6, "0");
    this.#codes.set(address, code);
    const text = `Hello!\n\nYour code is ${code}.\n\nhttps://shop.example/confirm?code=${code}\n`;
    this.transport.sendMail({ from: "shop@example.com", to: address, subject: "Welcome to the shop", text });
  }

  confirm(address, code) {
    if (this.#codes.get(address) !== code) throw new Error("that is not the code");
    this.#customers.add(address);
  }

  isCustomer(address) {
    return this.#customers.has(address);
  }
}
