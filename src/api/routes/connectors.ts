import { z } from 'zod';
import { json } from '../answer.js';
import type { Parts } from '../hub.js';
import { route, type Route } from '../route.js';
import { ConnectorView } from '../schemas/connections.js';
import type { Definition } from '../../sdk/definition.js';

/** What can be connected. */
export function connectorRoutes({ house }: Parts): readonly Route[] {
  return [
    route('GET /api/v1/connectors', {
      tag: 'Connections',
      summary: 'Connectors with the forms their connections need',
      answers: {
        200: { description: 'All connectors', schema: z.object({ items: z.array(ConnectorView) }) },
      },
      handle: async () =>
        json({
          items: [...house.connectors.values()].map(({ definition }) => connectorView(definition)),
        }),
    }),
  ];
}

function connectorView(definition: Definition) {
  const { settings, credentials, ...rest } = definition;
  return { ...rest, settings: formOf(settings), credentials: formOf(credentials) };
}

/** What an admin types, so the input side; `label`, `help` and `secret` stand on each property. */
const formOf = (schema: z.ZodObject): unknown =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' });
