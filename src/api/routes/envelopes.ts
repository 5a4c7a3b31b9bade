import { z } from 'zod';
import { json, problem, WRITTEN, type Answer } from '../answer.js';
import type { Parts } from '../hub.js';
import { cutPage, pageOf } from '../pages.js';
import { route, type Route } from '../route.js';
import {
  ENVELOPE_STATES,
  EnvelopeQuery,
  EnvelopeView,
  RawEnvelope,
} from '../schemas/deliveries.js';
import { idInPath } from '../schemas/ids.js';
import { disposition } from '../send-file.js';
import { envelopeOf } from '../../intake/normalise.js';
import {
  envelopeById,
  listEnvelopes,
  replayEnvelope,
  type EnvelopeRow,
  type ListedEnvelope,
} from '../../store/envelopes.js';

const params = z.object({ id: idInPath });
const unknown = (id: number): Answer => problem('notFound', `there is no envelope ${id}`);

/** Bytes as received: quarantine, and the way back from it. */
export function envelopeRoutes({ house, queue }: Parts): readonly Route[] {
  const { store, blobs } = house;
  return [
    route('GET /api/v1/envelopes', {
      tag: 'Envelopes',
      summary: 'What was received, the youngest first',
      query: EnvelopeQuery,
      answers: { 200: { description: 'A page', schema: pageOf(EnvelopeView) } },
      async handle({ query: { state, limit, cursor } }) {
        const wanted = state === undefined ? null : ENVELOPE_STATES.indexOf(state);
        const before = cursor?.[0] ?? Number.MAX_SAFE_INTEGER;
        const rows = await store.read(() => listEnvelopes(wanted, before, limit + 1));
        const page = cutPage(rows, limit, ({ id }) => [id]);
        return json({ items: page.rows.map(envelopeView), nextCursor: page.nextCursor });
      },
    }),
    route('GET /api/v1/envelopes/{id}', {
      tag: 'Envelopes',
      summary: 'One envelope with its bytes',
      params,
      query: z.object({
        raw: z
          .enum(['1', 'true'])
          .optional()
          .meta({ description: 'The bytes alone, as a download' }),
      }),
      answers: { 200: { description: 'The envelope', schema: RawEnvelope } },
      async handle({ params: { id }, query: { raw }, response }) {
        const row = await store.read(() => envelopeById(id));
        if (row === undefined) return unknown(id);
        const { body } = await envelopeOf(blobs, row);
        if (raw === undefined) return json(rawView(row, body));
        response
          .set('content-disposition', disposition('attachment', `envelope-${id}.bin`))
          .type('application/octet-stream')
          .send(body);
        return WRITTEN;
      },
    }),
    route('POST /api/v1/envelopes/{id}/replay', {
      tag: 'Envelopes',
      summary: 'Read it again, after a mapping or a connector was mended',
      description: 'What was filed from it before is not filed twice.',
      params,
      answers: { 202: { description: 'It waits to be read', schema: EnvelopeView } },
      async handle({ params: { id } }) {
        if (!(await store.write(() => replayEnvelope(id)))) return unknown(id);
        queue.ring('normalise', 1);
        const row = await store.read(() => envelopeById(id));
        return row === undefined ? unknown(id) : json(envelopeView(row), 202);
      },
    }),
  ];
}

function envelopeView(row: ListedEnvelope): EnvelopeView {
  return {
    id: row.id,
    connection: row.connection_id,
    key: row.key,
    receivedAt: new Date(row.received_at).toISOString(),
    type: row.type,
    size: row.size,
    state: ENVELOPE_STATES[row.state] ?? 'received',
    attempts: row.attempts,
    reason: row.reason,
    remarks: row.remarks === null ? [] : (JSON.parse(row.remarks) as string[]),
  };
}

function rawView(row: EnvelopeRow, body: Buffer): z.infer<typeof RawEnvelope> {
  return {
    ...envelopeView(row),
    notes: JSON.parse(row.notes) as Record<string, string>,
    query: row.query,
    body: body.toString('base64'),
  };
}
