import { escaped } from './body.js';
import { plainAddress, sameAddressForm } from './mime/addresses.js';
import { oneLine } from './render.js';
import type { Settings } from './settings.js';
import type { Answer, OutgoingMail } from './transport.js';

/** RFC 5321 4.5.3.1.1. */
const LOCAL_PART = 64;

/**
 * The mail that an answer leaves as by the settings of now, so that a mended address, name or
 * signature holds for what already waits. Null: the settings name no address to send from.
 */
export function withLetterhead(answer: Answer, settings: Settings): OutgoingMail | null {
  const { token, ...lasting } = answer;
  const { signature, plusAddress, ownAddresses } = settings;
  const from = plainAddress(settings.address);
  if (from === null) return null;
  const name = oneLine(settings.displayName);
  const tagged = plusAddress ? taggedAddress(from, token) : null;
  const ours = new Set([from, ...ownAddresses].map(sameAddressForm));
  return {
    ...lasting,
    cc: answer.cc.filter(({ address }) => !ours.has(sameAddressForm(address))),
    from: { name, address: from },
    replyTo: tagged === null ? null : { name, address: tagged },
    envelopeFrom: tagged ?? from,
    text: signature === '' ? answer.text : `${answer.text}\n\n-- \n${signature}`,
    html: `<div>${answer.html}${belowHtml(signature)}</div>`,
  };
}

/** `local+token@domain`, or null where the local part would be too long for mail servers. */
function taggedAddress(address: string, token: string): string | null {
  const at = address.lastIndexOf('@');
  const local = `${address.slice(0, at)}+${token}`;
  return Buffer.byteLength(local) > LOCAL_PART ? null : `${local}${address.slice(at)}`;
}

const belowHtml = (signature: string): string =>
  signature === '' ? '' : `<br>\n<br>\n-- <br>\n${escaped(signature)}`;
