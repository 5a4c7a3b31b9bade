import { PassThrough } from 'node:stream';
import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import { takeMail } from './listener-mail.js';
import { LISTENER_LIMITS } from './listener-limits.js';

const LIMIT = 1_000_000;
const session = {
  id: 's1',
  remoteAddress: '192.0.2.7',
  envelope: { mailFrom: { address: 'a@b.example' }, rcptTo: [{ address: 'help@shop.example' }] },
} as unknown as SMTPServerSession;

/** As smtp-server hands it over: a stream that counts what came, kept or not. */
function mailStream(): SMTPServerDataStream {
  return Object.assign(new PassThrough(), { byteLength: 0, sizeExceeded: false });
}

function feed(stream: SMTPServerDataStream, chunk: Buffer): void {
  stream.byteLength += chunk.length;
  stream.emit('data', chunk);
}

const intake = (held = { bytes: 0 }) => ({
  emit: async () => undefined,
  limit: LIMIT,
  held,
  cut: () => undefined,
});

test('no more of a mail is held than its limit, and nothing once it is over', async () => {
  const held = { bytes: 0 };
  const stream = mailStream();
  const taking = takeMail(stream, session, intake(held));
  let most = 0;
  for (let n = 0; n < 500; n += 1) {
    feed(stream, Buffer.alloc(100_000));
    most = Math.max(most, held.bytes);
  }
  expect(most).toBeLessThanOrEqual(LIMIT);
  expect(held.bytes).toBe(0);
  stream.resume().end();
  expect(await taking).toMatchObject({ responseCode: 552 });
});

test('when all mails together hold too much, the next is put off and gives its bytes back', async () => {
  const held = { bytes: LISTENER_LIMITS.underWay - 150_000 };
  const stream = mailStream();
  const taking = takeMail(stream, session, intake(held));
  feed(stream, Buffer.alloc(100_000));
  feed(stream, Buffer.alloc(100_000));
  stream.resume().end();
  expect(await taking).toMatchObject({ responseCode: 452 });
  expect(held.bytes).toBe(LISTENER_LIMITS.underWay - 150_000);
});

test('a mail that breaks off gives its bytes back', async () => {
  const held = { bytes: 0 };
  const stream = mailStream();
  const taking = takeMail(stream, session, intake(held));
  feed(stream, Buffer.alloc(100_000));
  stream.destroy();
  await expect(taking).rejects.toThrow('in the middle');
  expect(held.bytes).toBe(0);
});
