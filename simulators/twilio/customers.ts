import type { DeliveryReport } from '../http/courier.js';
import type { Ledger } from '../ledger.js';
import type { Account } from './account.js';
import type { Carrier } from './carrier.js';
import type { PhoneMessage, TwilioEntry } from './entries.js';
import { inboundForm, storeInbound, type MediaFile } from './inbound.js';
import { obeyKeyword } from './keywords.js';

/** What a customer's text led to. */
export interface TextReport extends DeliveryReport {
  readonly messageSid: string;
}

/** A customer with a phone. */
export interface Customer {
  /** Writes to a number of the account, its first one when `to` is left out. */
  text(body: string, extra?: { to?: string; files?: readonly MediaFile[] }): Promise<TextReport>;
  /** What came to the phone so far, Twilio's own STOP and HELP answers included. */
  readonly inbox: readonly PhoneMessage[];
}

/** Twilio's side of the street, as a customer's text finds it. */
export interface Desk {
  readonly account: Account;
  readonly carrier: Carrier;
  readonly ledger: Ledger<TwilioEntry>;
  /** Base of the media URLs. */
  readonly apiUrl: string;
  /** Null while no hook is set: texts are kept and go nowhere, as on a number without a messaging URL. */
  hookUrl: string | null;
}

/** The customer with this number. */
export function customerOf(desk: Desk, phone: string, defaultTo: string): Customer {
  return {
    text: (body, extra = {}) =>
      takeText(desk, { from: phone, to: extra.to ?? defaultTo, body }, extra.files ?? []),
    get inbox() {
      return desk.ledger.entries.flatMap((entry) =>
        entry.kind === 'phone' && entry.message.number === phone ? [entry.message] : [],
      );
    },
  };
}

async function takeText(
  desk: Desk,
  text: { readonly from: string; readonly to: string; readonly body: string },
  files: readonly MediaFile[],
): Promise<TextReport> {
  const keyword = obeyKeyword(desk.account, text);
  if (keyword !== null) {
    const message = { number: text.from, from: text.to, body: keyword.reply, files: [] };
    desk.ledger.record({ kind: 'phone', message });
  }
  const stored = storeInbound(desk.account, text, files);
  if (desk.hookUrl === null) return { messageSid: stored.sid, attempts: [], acknowledged: false };
  const details = { apiUrl: desk.apiUrl, optOut: keyword?.type ?? null };
  const form = inboundForm(desk.account, stored, details);
  const report = await desk.carrier.carry('inbound', desk.hookUrl, form);
  return { ...report, messageSid: stored.sid };
}
