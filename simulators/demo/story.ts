import { pause } from '../pause.js';
import { openBoard, type Row } from './board.js';
import { CAST, type Complaint, type Telling } from './cast.js';
import { hubClient, type HubClient, type Message } from './hub.js';
import { openStreet, type Street } from './street.js';

const BETWEEN_TELLINGS_MS = 350;
const LOOK_EVERY_MS = 250;
const ENDS_AFTER_MS = 25_000;
/** A second copy of an answer would come within this time. */
const SETTLING_MS = 1_500;

export interface Stage {
  readonly url: string;
  readonly token: string;
  readonly write: (text: string) => void;
  /** Width of the terminal; null: there is none. */
  readonly columns: number | null;
  /** Ends with a summary; otherwise the story stays open until `signal`. */
  readonly once: boolean;
  readonly signal: AbortSignal;
}

/** One telling as the hub and its customer know it. */
interface Line {
  readonly complaint: Complaint;
  readonly telling: Telling;
  told: boolean;
  ticket: number | null;
}

interface Case {
  readonly complaint: Complaint;
  readonly lines: readonly Line[];
  replied: boolean;
  /** The state of its answer as the hub shows it. */
  state: string;
  arrived: number;
}

/** Plays it from beginning to end; true when every answer arrived exactly once. */
export async function play(stage: Stage): Promise<boolean> {
  const hub = hubClient(stage.url, stage.token);
  stage.write(`The hub is at ${stage.url}, its API page at ${stage.url}/docs\n`);
  stage.write(`Token for this demo: ${stage.token}\n\n`);
  const street = await openStreet(hub);
  try {
    const cases = CAST.map(newCase);
    const board = openBoard(stage.write, stage.columns);
    const scene = { hub, street, cases, show: () => board.show(cases.flatMap(rowsOf)) };
    await Promise.all([tellAll(street, cases, stage.signal), follow(scene, stage)]);
    const good = summarise(stage, cases, (await hub.tickets()).length);
    if (!stage.once) await stayOpen(stage);
    return good;
  } finally {
    await street.close();
  }
}

function newCase(complaint: Complaint): Case {
  const lines = complaint.tellings.map((telling) => ({
    complaint,
    telling,
    told: false,
    ticket: null,
  }));
  return { complaint, lines, replied: false, state: '', arrived: 0 };
}

async function tellAll(street: Street, cases: readonly Case[], signal: AbortSignal): Promise<void> {
  for (const line of cases.flatMap(({ lines }) => lines)) {
    await street.tell(line.complaint, line.telling);
    line.told = true;
    await pause(BETWEEN_TELLINGS_MS, signal);
  }
}

interface Scene {
  readonly hub: HubClient;
  readonly street: Street;
  readonly cases: readonly Case[];
  readonly show: () => void;
}

/** The desk at work: it looks for tickets, answers each once, and watches what becomes of the answers. */
async function follow(scene: Scene, { signal }: Stage): Promise<void> {
  const end = Date.now() + ENDS_AFTER_MS;
  const settled = ({ state, arrived }: Case): boolean => arrived > 0 && state !== 'queued';
  while (Date.now() < end && !signal.aborted) {
    await look(scene);
    scene.show();
    if (scene.cases.every(settled)) break;
    await pause(LOOK_EVERY_MS, signal);
  }
  await pause(SETTLING_MS, signal);
  await look(scene);
  scene.show();
}

async function look({ hub, street, cases }: Scene): Promise<void> {
  const timelines = new Map<number, readonly Message[]>();
  for (const number of await hub.tickets()) timelines.set(number, await hub.messages(number));
  for (const one of cases) {
    for (const line of one.lines) line.ticket = ticketOf(line, timelines);
    await answer(hub, one);
    one.state = stateOf(one, timelines) ?? one.state;
    one.arrived = await street.arrivals(one.complaint);
  }
}

function ticketOf(
  { telling }: Line,
  timelines: ReadonlyMap<number, readonly Message[]>,
): number | null {
  for (const [number, messages] of timelines) {
    if (messages.some(({ direction, text }) => direction === 'in' && text === telling.text)) {
      return number;
    }
  }
  return null;
}

async function answer(hub: HubClient, one: Case): Promise<void> {
  const ticket = one.lines[0]?.ticket ?? null;
  const together = one.lines.every((line) => line.ticket === ticket);
  if (one.replied || !together || ticket === null) return;
  await hub.reply(ticket, one.complaint.answer, `demo-${ticket}`);
  one.replied = true;
  one.state = 'queued';
}

function stateOf(
  { complaint, lines }: Case,
  timelines: ReadonlyMap<number, readonly Message[]>,
): string | null {
  const messages = timelines.get(lines[0]?.ticket ?? 0) ?? [];
  const reply = messages.find(
    ({ direction, text }) => direction === 'out' && text === complaint.answer,
  );
  return reply?.deliveries[0]?.state ?? null;
}

const CHANNELS: Readonly<Record<Telling['channel'], string>> = {
  mailbox: 'IMAP 邮箱',
  listener: 'SMTP 收信',
  sms: 'SMS 短信',
  chat: 'Chat 网聊',
  app: 'Webhook 应用',
};

function rowsOf({ complaint, lines, state, arrived }: Case): readonly Row[] {
  return lines.map(({ telling, ticket, told }, i) => {
    const waiting = told ? '…' : '';
    const merged = i > 0 && ticket !== null ? ' merged 合并' : '';
    const last = i === lines.length - 1;
    return {
      customer: complaint.customer,
      channel: CHANNELS[telling.channel],
      said: told ? telling.text : '',
      ticket: ticket === null ? waiting : `#${ticket}${merged}`,
      answer: !last || state === '' ? '' : `${state}${arrived > 0 ? `, arrived ×${arrived}` : ''}`,
    };
  });
}

/** The customers' own inboxes are the judges, not what the hub says of itself. */
function summarise({ write }: Stage, cases: readonly Case[], tickets: number): boolean {
  const tellings = cases.flatMap(({ lines }) => lines).length;
  const once = cases.filter(({ arrived }) => arrived === 1).length;
  write(
    `\n${tellings} messages of ${cases.length} customers became ${tickets} tickets; ${once} of ${cases.length} answers arrived exactly once.\n` +
      `${tellings} 条投诉归为 ${tickets} 张工单；${cases.length} 条回复中 ${once} 条恰好送达一次。\n`,
  );
  for (const { complaint, arrived } of cases.filter((one) => one.arrived !== 1)) {
    write(`  ${complaint.customer}: the answer arrived ${arrived} times\n`);
  }
  return once === cases.length && tickets === cases.length;
}

async function stayOpen({ write, url, signal }: Stage): Promise<void> {
  write(`\nLook around at ${url}/docs; Ctrl-C ends the demo.\n`);
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}
