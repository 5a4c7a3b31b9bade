import { z } from 'zod';
import {
  DAY,
  field,
  readJson,
  secret,
  sent,
  type Connector,
  type Context,
  type Definition,
  type DraftInput,
  type Live,
  type Outcome,
  type Part,
  type Policies,
  type Reply,
  type Rendered,
} from '../src/sdk/index.js';

/** What the platform does with the next send: an outcome, a thrown error, or something that takes its time. */
export type Scripted =
  Outcome | Error | ((part: Part, waited: AbortSignal | undefined) => Promise<Outcome>);

/** A platform of our own, scripted by the test: what it is sent stands in `sent`, what it does in `script`. */
export interface Courier {
  readonly connector: Connector;
  /** Answers of the coming sends, in order; afterwards everything is taken. */
  readonly script: Scripted[];
  /** Answers of the coming look-ups; null: it cannot say yet. */
  readonly looks: (Outcome | null)[];
  readonly sends: { readonly text: string; readonly key: string; readonly to: string }[];
}

export interface CourierOptions {
  readonly policies?: Partial<Policies>;
  readonly looksUp?: boolean;
  /** Over the live half, for tests of pumps. */
  readonly live?: (context: Context) => Partial<Live>;
  readonly parts?: Partial<Connector>;
}

interface Payload {
  readonly text: string;
  readonly to: string;
}

/** Each paragraph (an empty line between) is a part of its own. */
function render(reply: Reply): Rendered {
  const texts = reply.text.split('\n\n');
  return {
    kind: 'parts',
    parts: texts.map((text) => ({
      payload: { text, to: reply.conversation.handle } satisfies Payload,
      preview: text,
      attachments: [],
    })),
  };
}

export function createCourier(options: CourierOptions = {}): Courier {
  const script: Scripted[] = [];
  const looks: (Outcome | null)[] = [];
  const sends: { text: string; key: string; to: string }[] = [];

  async function send(part: Part, key: string, waited?: AbortSignal): Promise<Outcome> {
    sends.push({ ...(part.payload as Payload), key });
    const next = script.shift();
    if (next === undefined) return sent(`sent-${sends.length}`, 'awaitReceipt');
    if (next instanceof Error) throw next;
    return typeof next === 'function' ? next(part, waited) : next;
  }

  const open = (context: Context): Live => ({
    send,
    ...(options.looksUp === true ? { lookUp: async () => looks.shift() ?? null } : {}),
    check: () => Promise.resolve({ ok: true, findings: [] }),
    close: () => Promise.resolve(),
    ...options.live?.(context),
  });
  const connector: Connector = {
    definition: definitionOf(options.policies ?? {}),
    decode,
    render,
    open,
    ...options.parts,
  };
  return { connector, script, looks, sends };
}

/** An envelope is a JSON list of drafts as they are. */
const decode: Connector['decode'] = ({ body }) => {
  const read = readJson(body);
  if (!read.ok) return { kind: 'unreadable', why: read.why };
  if (!Array.isArray(read.value)) return { kind: 'unreadable', why: 'a list was expected' };
  return { kind: 'raws', raws: read.value.map((fact: unknown) => ({ body: fact })), remarks: [] };
};

/** With {@link COURIER_MAPPING}: the draft is what the fact says. */
export const refineAsIs: NonNullable<Connector['refine']> = (draft, raw) => ({
  ...draft,
  ...(raw.body as Partial<DraftInput>),
});

export const COURIER_MAPPING = `mapping: courier/message
version: 1
root: body
kind: { first: [kind, { const: message }] }
fields:
  id: id
  conversation: conversation
  sender: { handle: from }
  text: text
`;

const EVERYTHING = {
  text: 'native',
  html: 'native',
  subject: 'native',
  image: 'native',
  audio: 'native',
  video: 'native',
  file: 'native',
} as const;

function definitionOf(policies: Partial<Policies>): Definition {
  return {
    name: 'courier',
    title: { en: 'Courier', zh: '信使' },
    version: '1.0.0',
    summary: { en: 'A platform of the tests.', zh: '测试用平台。' },
    docs: 'test/courier.ts',
    channel: 'courier',
    transports: ['poll'],
    settings: z.object({
      region: field(
        z.string().min(1).default('north'),
        { en: 'Region', zh: '地区' },
        { en: 'Where it drives.', zh: '行驶区域。' },
      ),
    }),
    credentials: z.object({
      password: secret({ en: 'Password', zh: '密码' }, { en: 'Opens the door.', zh: '开门用。' }),
      pathSecret: secret(
        { en: 'Path secret', zh: '路径密钥' },
        { en: 'Stands in the hook URL.', zh: '位于回调地址中。' },
      ).optional(),
    }),
    setup: [],
    capabilities: { inbound: EVERYTHING, outbound: EVERYTHING },
    limits: [],
    policies: {
      replyWindows: [],
      rate: null,
      receipts: ['sent', 'delivered', 'read', 'failed'],
      idempotentSend: false,
      selfEcho: true,
      ack: null,
      redelivery: DAY,
      identity: [{ kind: 'uid', scope: 'connection', proof: 'proven' }],
      ...policies,
    },
    headers: [],
    decoding: 'inline',
  };
}
