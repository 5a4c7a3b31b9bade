import { createHmac, randomBytes } from 'node:crypto';

/** One shop's secret for Standard Webhooks, for this run only. */
export const SECRET = `whsec_${randomBytes(24).toString('base64')}`;

/** A complaint of a customer who never wrote before: every message opens a conversation, a person and a ticket. */
export function complaint(run: string, n: number): string {
  return JSON.stringify({
    id: `${run}-${n}`,
    conversation: `order-${run}-${n}`,
    customer: {
      id: `customer-${run}-${n}`,
      name: `Customer ${n}`,
      email: `customer.${run}.${n}@example.com`,
    },
    subject: `Parcel ${n} never arrived`,
    text: `I ordered on Monday and the parcel SF${1_000_000_000 + n} still shows no movement. 请尽快处理,我等了很久了。Please answer by mail.`,
    orderNo: `SO${run}${n}`,
    sentAt: new Date().toISOString(),
  });
}

/** A whole signed HTTP/1.1 request, ready for the wire. */
export function signedRequest(path: string, secret: string, id: string, body: string): Buffer {
  const timestamp = Math.floor(Date.now() / 1_000);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `webhook-id: ${id}`,
    `webhook-timestamp: ${timestamp}`,
    `webhook-signature: v1,${signature}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
