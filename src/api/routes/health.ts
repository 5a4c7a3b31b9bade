import { z } from 'zod';
import { json, WRITTEN } from '../answer.js';
import type { Parts } from '../hub.js';
import { SECOND } from '../../model/time.js';
import { route, type Route } from '../route.js';
import type { Connected, ConnectionStatus } from '../../intake/connected.js';
import { countConnections, type ConnectionCounts } from '../../store/connections.js';

/** What does not answer within this time counts as away. */
const PATIENCE_MS = 2_000;

const Ready = z
  .object({
    ready: z.boolean(),
    notReady: z
      .array(z.string())
      .meta({ description: 'A sentence for each thing that keeps it from being ready' }),
    database: z.object({ kind: z.string(), ok: z.boolean() }),
    degraded: z.array(z.string()).meta({
      description: 'A sentence for each thing that is away and that others stand in for',
    }),
    queue: z.object({ kind: z.string(), ok: z.boolean() }),
    connections: z.object({
      active: z.int(),
      attention: z.int().meta({
        description: 'Active, but something of it does not work; not among `active`',
      }),
      paused: z.int(),
      failing: z.int(),
      open: z.int().meta({ description: 'Open in this process' }),
    }),
  })
  .meta({ id: 'Ready' });

/** For whoever watches the process: neither asks for a token nor tells of anybody. */
export function healthRoutes(parts: Parts): readonly Route[] {
  const { house, metrics } = parts;
  return [
    route('GET /healthz', {
      tag: 'Operation',
      summary: 'The process lives',
      answers: {
        200: {
          description: 'Alive',
          schema: z.object({ status: z.literal('ok'), role: z.string() }),
        },
      },
      handle: async () => json({ status: 'ok', role: house.loaded.config.process.role }),
    }),
    route('GET /readyz', {
      tag: 'Operation',
      summary: 'It can take messages',
      answers: {
        200: { description: 'Ready', schema: Ready },
        503: { description: 'Not ready: the database does not answer', schema: Ready },
      },
      async handle() {
        const [counts, queue] = await Promise.all([
          inTime(house.store.read(countConnections), null),
          inTime(parts.queue.answers(), false),
        ]);
        return json(readiness(parts, { counts, queue }), counts === null ? 503 : 200);
      },
    }),
    route('GET /metrics', {
      tag: 'Operation',
      summary: 'Figures for Prometheus',
      answers: { 200: { description: 'Figures', type: 'text/plain' } },
      async handle({ response }) {
        response.type(metrics.contentType).send(await metrics.text());
        return WRITTEN;
      },
    }),
  ];
}

/** Whether each of them answers. */
interface Answering {
  /** Null: the database does not answer. */
  readonly counts: ConnectionCounts | null;
  readonly queue: boolean;
}

function readiness(
  { house, registry, supervisor }: Parts,
  { counts, queue }: Answering,
): z.infer<typeof Ready> {
  const list = registry.list();
  const database = counts !== null;
  const within = `does not answer within ${PATIENCE_MS / SECOND} s`;
  const kind = house.loaded.config.data.redisUrl === null ? 'embedded' : 'redis';
  return {
    ready: database,
    notReady: database ? [] : [`database: ${house.store.dialect} ${within}`],
    degraded: queue ? [] : [`queue: ${kind} ${within}; the sweeper finds the work, more slowly`],
    database: { kind: house.store.dialect, ok: database },
    queue: { kind, ok: queue },
    connections: {
      ...(counts ?? countsInMemory(list)),
      open: list.filter(({ id }) => supervisor.live(id) !== undefined).length,
    },
  };
}

/** As they were last read; what needs attention stands in the database alone. */
function countsInMemory(list: readonly Connected[]): ConnectionCounts {
  const count = (status: ConnectionStatus): number =>
    list.filter((one) => one.status === status).length;
  return {
    ...{ active: count('active'), attention: 0 },
    ...{ paused: count('paused'), failing: count('failing') },
  };
}

async function inTime<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  const late = new Promise<T>((resolve) => {
    setTimeout(() => resolve(otherwise), PATIENCE_MS).unref();
  });
  return Promise.race([asked.catch(() => otherwise), late]);
}
