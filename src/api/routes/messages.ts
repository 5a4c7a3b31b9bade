import { json, problem } from '../answer.js';
import type { Parts } from '../hub.js';
import { route, type Route } from '../route.js';
import { Accepted, PushedDrafts } from '../schemas/drafts.js';
import { Draft } from '../../model/draft.js';
import { insertDraft } from '../../store/drafts.js';

/** Own systems and imports push drafts straight into the one inbound format. */
export function messageRoutes({ house, registry, queue }: Parts): readonly Route[] {
  const { store, clock, loaded } = house;
  return [
    route('POST /api/v1/messages', {
      tag: 'Messages',
      summary: 'Push messages in the one inbound format',
      description:
        'One draft or up to 1,000. A draft is unique by connection and id: pushed again, it counts as a duplicate and changes nothing. All are accepted or none. `receivedAt` and `channel` may be left out.',
      body: {
        schema: PushedDrafts,
        bytes: loaded.config.server.bodyBytes,
        mistake: 'invalidForm',
      },
      answers: { 202: { description: 'Committed; filed in a moment', schema: Accepted } },
      async handle({ body }) {
        const pushed = Array.isArray(body) ? body : [body];
        const unknown = pushed.find(({ connection }) => registry.find(connection) === undefined);
        if (unknown !== undefined) {
          return problem('unknownConnection', `no connection is called ${unknown.connection}`);
        }
        const now = new Date(clock.now()).toISOString();
        const drafts = pushed.map((draft) =>
          Draft.parse({
            ...draft,
            receivedAt: draft.receivedAt ?? now,
            channel: draft.channel ?? registry.find(draft.connection)?.connector.definition.channel,
          }),
        );
        const accepted = await store.write(function* () {
          let count = 0;
          for (const draft of drafts) if ((yield* insertDraft(draft, null, null)) > 0) count += 1;
          return count;
        });
        if (accepted > 0) queue.ring('file', accepted);
        return json({ accepted, duplicates: drafts.length - accepted }, 202);
      },
    }),
  ];
}
