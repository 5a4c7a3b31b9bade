import { z } from 'zod';
import { json, WRITTEN } from '../answer.js';
import type { Parts } from '../hub.js';
import { SECOND } from '../../model/time.js';
import { route, type Route } from '../route.js';
import type { House } from '../hub.js';
import { get } from '../../store/work.js';

/** A database that does not answer within this time is not ready. */
const PATIENCE_MS = 2_000;

const Ready = z
  .object({
    ready: z.boolean(),
    notReady: z
      .array(z.string())
      .meta({ description: 'A sentence for each thing that keeps it from being ready' }),
    database: z.object({ kind: z.string(), ok: z.boolean() }),
    queue: z.object({ kind: z.string() }),
    connections: z.object({
      active: z.int(),
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
        const ok = await answers(house);
        return json(readiness(parts, ok), ok ? 200 : 503);
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

function readiness({ house, registry, supervisor }: Parts, ok: boolean): z.infer<typeof Ready> {
  const list = registry.list();
  const count = (status: string): number => list.filter((one) => one.status === status).length;
  return {
    ready: ok,
    notReady: ok
      ? []
      : [`database: ${house.store.dialect} does not answer within ${PATIENCE_MS / SECOND} s`],
    database: { kind: house.store.dialect, ok },
    queue: { kind: house.loaded.config.data.redisUrl === null ? 'embedded' : 'redis' },
    connections: {
      active: count('active'),
      paused: count('paused'),
      failing: count('failing'),
      open: list.filter(({ id }) => supervisor.live(id) !== undefined).length,
    },
  };
}

async function answers({ store }: House): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), PATIENCE_MS).unref();
  });
  const asked = store
    .read(() => get('SELECT 1 AS one'))
    .then(
      () => true,
      () => false,
    );
  return Promise.race([asked, late]);
}
