/** What a provider found out about the sender's domain (RFC 7489). */
export type DmarcVerdict = 'pass' | 'fail' | 'none';

/** What a provider writes on top of a mail when it puts it into a mailbox. */
export interface DeliveryMarks {
  /** Envelope sender; empty for `<>`. */
  readonly from: string;
  readonly recipient: string;
  /** Name under which the provider vouches in Authentication-Results (RFC 8601). */
  readonly authservId: string;
  readonly dmarc: DmarcVerdict;
  readonly at: Date;
}

/** The mail with Return-Path, Delivered-To, Received and Authentication-Results on top. */
export function markDelivery(raw: Buffer, marks: DeliveryMarks): Buffer {
  const domain = headerFromDomain(raw);
  const lines = [
    `Return-Path: <${marks.from}>`,
    `Delivered-To: ${marks.recipient}`,
    `Received: from sender.test (sender.test [192.0.2.10]) by ${marks.authservId} with ESMTP;`,
    ` ${marks.at.toUTCString().replace('GMT', '+0000')}`,
    `Authentication-Results: ${marks.authservId};`,
    ` dmarc=${marks.dmarc} header.from=${domain}`,
    '',
  ];
  return Buffer.concat([Buffer.from(lines.join('\r\n')), raw]);
}

/** Domain of the address in the first From line; `unknown` if there is none in the first 64 KiB. */
function headerFromDomain(raw: Buffer): string {
  const head = raw
    .subarray(0, 65_536)
    .toString('latin1')
    .replaceAll(/\r\n[ \t]/g, ' ');
  const line = head.split('\r\n').find((candidate) => /^from:/i.test(candidate)) ?? '';
  const domain = line.slice(line.lastIndexOf('@') + 1).replaceAll(/[^a-z0-9.-]/gi, '');
  return line.includes('@') && domain !== '' ? domain : 'unknown';
}
