import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Draft } from '../../model/draft.js';
import type { Part } from '../../model/reply.js';
import type { Envelope } from '../inbound.js';
import { canariesOf, leaks } from './canaries.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { envelopeOfFixture } from './envelopes.js';
import { FILE_CONTENTS, attachmentOf, partsOf, renderOf, replyOf } from './replies.js';
import { nameOf, rehearsalOf, sendPart, sendsAway } from './sends.js';
import { onStage, opensWith } from './stage.js';
import type { Stage } from './stage.js';

const takes = ({ connector }: Bench) =>
  FILE_CONTENTS.some((content) =>
    ['native', 'converted'].includes(connector.definition.capabilities.inbound[content]),
  );
const sendable = ({ connector }: Bench) =>
  FILE_CONTENTS.filter((content) =>
    ['native', 'converted'].includes(connector.definition.capabilities.outbound[content]),
  );

const TAKES_NONE = say('it takes no files', '不接收文件');
const SENDS_NONE = say('it sends no files', '不发送文件');
const FETCHES_NONE = say('no file is fetched from the platform', '无需向平台获取文件');

const takesFiles = (bench: Bench) => (takes(bench) ? null : TAKES_NONE);
const sendsFiles = (bench: Bench) =>
  sendsAway(bench) ?? (sendable(bench).length > 0 ? null : SENDS_NONE);

interface Received {
  readonly fixture: string;
  readonly envelope: Envelope;
  readonly ref: string;
  readonly size: number | null;
}

async function receivedOf(bench: Bench): Promise<readonly Received[]> {
  const { fixtures, drafts, account } = bench.subject;
  const received: Received[] = [];
  for (const fixture of fixtures) {
    const envelope = envelopeOfFixture(bench, fixture);
    for (const input of (await drafts?.(envelope, account)) ?? []) {
      const { attachments } = Draft.parse(input);
      received.push(
        ...attachments.map(({ ref, size }) => ({ fixture: fixture.name, envelope, ref, size })),
      );
    }
  }
  return received;
}

/** Bytes that came along are found again by their ref; everything else is fetched. */
async function bringsFiles(bench: Bench): Promise<Faults> {
  const received = await receivedOf(bench);
  if (received.length === 0) return ['no fixture carries a file, and the definition takes some'];
  const fetched = opensWith(bench, 'fetchAttachment');
  const faults: string[] = [];
  for (const one of received) {
    const file = await bench.connector.attachment?.(one.envelope, one.ref);
    if (file !== undefined && file !== null) faults.push(...sizeFault(one, file.bytes.length));
    else if (!fetched) faults.push(`${one.fixture}: nothing gives ${one.ref}`);
  }
  return faults;
}

function sizeFault({ fixture, ref, size }: Received, length: number): Faults {
  const wrong = size !== null && size !== length;
  return wrong
    ? [`${fixture}: ${ref} has ${String(length)} bytes and was told as ${String(size)}`]
    : [];
}

/** What a ref may say in a forged draft, or in one that the platform wrote wrongly. */
const HOSTILE_REFS = [
  '',
  '\u0000',
  '../../../../etc/passwd',
  'file:///etc/passwd',
  'http://',
  'https://user:secret@[::1]:99999/x',
  'javascript:alert(1)',
  'a'.repeat(2_000),
  '%00%ff',
];

async function survivesRefs(bench: Bench): Promise<Faults> {
  const [fixture] = bench.subject.fixtures;
  if (fixture === undefined) return ['the subject brings no fixtures'];
  const envelope = envelopeOfFixture(bench, fixture);
  return onStage(bench, async ({ live }) => {
    const faults: string[] = [];
    for (const ref of HOSTILE_REFS) {
      const shown = JSON.stringify(ref.slice(0, 40));
      try {
        const inside = (await bench.connector.attachment?.(envelope, ref)) ?? null;
        if (inside !== null) faults.push(`${shown}: a file that does not exist was given`);
        const fetched = await live.fetchAttachment?.(ref);
        if (fetched?.kind === 'file') faults.push(`${shown}: a file was fetched`);
      } catch (error) {
        faults.push(`${shown}: threw ${String(error).slice(0, 100)}`);
      }
    }
    return faults;
  });
}

/** A link may lead anywhere; what opens the platform's doors does not go along. */
async function keepsCredentials(bench: Bench, stage: Stage): Promise<Faults> {
  const { fetchAttachment } = stage.live;
  if (fetchAttachment === undefined) return [];
  const seen: string[] = [];
  const trap = createServer((request, response) => {
    seen.push(JSON.stringify([request.url, request.rawHeaders]));
    response.end('not yours');
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const { port } = trap.address() as AddressInfo;
  const canaries = canariesOf(bench.connector.definition, stage.account);
  try {
    await stage.live.fetchAttachment?.(`http://127.0.0.1:${String(port)}/photo.jpg`);
  } finally {
    trap.closeAllConnections();
    trap.close();
  }
  return seen.some((text) => leaks(canaries, text))
    ? ['a credential went along to a host that is not the platform']
    : [];
}

async function sendsEach(bench: Bench, stage: Stage): Promise<Faults> {
  const faults: string[] = [];
  for (const content of sendable(bench)) {
    const reply = replyOf(bench, 'See this.', {
      id: `sends-${content}`,
      attachments: [attachmentOf(content)],
    });
    const parts = partsOf(renderOf(bench, reply, stage.account));
    // A quota is another check's; here the customer has just written again.
    const [opening] = bench.connector.definition.policies.replyWindows;
    if (opening !== undefined) await stage.rehearsal?.customerDid?.(opening.opensOn, 0);
    faults.push(...(await sendsAll(stage, parts, content)));
  }
  return faults;
}

async function sendsAll(stage: Stage, parts: readonly Part[], what: string): Promise<Faults> {
  const before = rehearsalOf(stage).taken();
  for (const [index, part] of parts.entries()) {
    const outcome = await sendPart(stage, part, `${what}-${String(index)}`);
    if (typeof outcome === 'string' || outcome.kind !== 'sent') {
      return [`${what}: ${typeof outcome === 'string' ? outcome : nameOf(outcome)}`];
    }
  }
  const taken = rehearsalOf(stage).taken() - before;
  if (taken === parts.length) return [];
  return [`${what}: ${String(parts.length)} parts, and the platform took ${String(taken)}`];
}

function check(
  name: string,
  [en, zh]: readonly [string, string],
  run: Check['run'],
  inapplicable: Check['inapplicable'] & object,
): Check {
  return { id: `media.${name}`, group: 'media', title: say(en, zh), inapplicable, run };
}

const onLive = (run: (bench: Bench, stage: Stage) => Promise<Faults>) => (bench: Bench) =>
  onStage(bench, (stage) => run(bench, stage));

export const mediaChecks: readonly Check[] = [
  check('received', ['a file that came is given', '收到的文件可取得'], bringsFiles, takesFiles),
  check(
    'refs',
    ['a forged reference gives nothing', '伪造的文件引用取不到内容'],
    survivesRefs,
    takesFiles,
  ),
  check(
    'credentials',
    ['a link elsewhere is followed without credentials', '外部链接不携带凭据'],
    onLive(keepsCredentials),
    (bench) => takesFiles(bench) ?? (opensWith(bench, 'fetchAttachment') ? null : FETCHES_NONE),
  ),
  check(
    'sent',
    ['every kind of file it declares is sent', '所声明的文件均可发送'],
    onLive(sendsEach),
    sendsFiles,
  ),
];
