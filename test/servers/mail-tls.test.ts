import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { createListener } from '../../connectors/email/listener.js';
import type { Listener } from '../../connectors/email/listener.js';
import { createSender } from '../../connectors/email/send.js';
import { committing, contextFor, mailPart } from '../../connectors/email/testing/context.js';
import type { Committed } from '../../connectors/email/testing/context.js';
import { rawClient } from '../../connectors/email/testing/smtp-client.js';

const openssl = hasOpenssl();
// On a developer's machine only: .ci/run installs it, or fails.
if (!openssl) console.info('skipped: openssl is not installed, nothing can make a certificate');
const suite = openssl ? describe : describe.skip;

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
}

/** A certificate for localhost that nobody but its bearer vouches for. */
function makeCertificate(): { readonly certificate: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-tls-'));
  const file = (name: string): string => join(folder, name);
  const asked = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const subject = [
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  ];
  const out = ['-keyout', file('key'), '-out', file('cert')];
  execFileSync('openssl', [...asked, ...subject, ...out], { stdio: 'ignore' });
  const made = {
    certificate: readFileSync(file('cert'), 'utf8'),
    key: readFileSync(file('key'), 'utf8'),
  };
  rmSync(folder, { recursive: true });
  return made;
}

suite('the listener and the sender, encrypted', () => {
  const { certificate, key } = openssl ? makeCertificate() : { certificate: '', key: '' };
  let listener: Listener;
  let port: number;
  let committed: Committed;

  beforeEach(async () => {
    committed = committing();
    listener = createListener(
      contextFor({
        settings: {
          address: 'zhang@customer.example',
          listener: { port: 0, certificate },
        },
        credentials: { listenerKey: key },
      }),
    );
    ({ port } = await listener.listen(committed.emit));
  });
  afterEach(() => listener.close());

  const sender = (ca?: string, tls = 'starttls') =>
    createSender(
      contextFor({ settings: { smtp: { host: 'localhost', port, tls, auth: 'none' } } }),
      ca === undefined ? {} : { ca },
    );

  test('a mail goes over STARTTLS to a server whose certificate is believed', async () => {
    const trusting = sender(certificate);
    expect((await trusting.send(mailPart(), 'k')).kind).toBe('sent');
    expect(committed.arrivals).toHaveLength(1);
    await trusting.close();
  });

  test('a certificate nobody vouches for is named, and nothing is handed over', async () => {
    const doubting = sender();
    expect(await doubting.send(mailPart(), 'k')).toMatchObject({
      kind: 'failed',
      failure: { kind: 'misconfigured', setting: 'smtp.tls' },
    });
    expect(committed.arrivals).toHaveLength(0);
    await doubting.close();
  });

  test('TLS from the first byte where STARTTLS is spoken is named as the wrong encryption', async () => {
    const hasty = sender(certificate, 'implicit');
    expect(await hasty.send(mailPart(), 'k')).toMatchObject({
      kind: 'failed',
      failure: { kind: 'misconfigured', setting: 'smtp.tls' },
    });
    await hasty.close();
  });

  test('what is said in clear before the handshake is not obeyed after it', async () => {
    const caller = rawClient(port);
    await caller.hear();
    const [features] = await caller.say('EHLO x.example\r\n');
    expect(features).toContain('STARTTLS');
    await caller.say('STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@b.example>\r\n');
    caller.socket.removeAllListeners('data');
    const secure = connect({ socket: caller.socket, ca: certificate, servername: 'localhost' });
    await once(secure, 'secureConnect');
    secure.write('RCPT TO:<zhang@customer.example>\r\n');
    const [answer] = (await once(secure, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^503 /);
    secure.destroy();
    expect(committed.arrivals).toHaveLength(0);
  });
});
