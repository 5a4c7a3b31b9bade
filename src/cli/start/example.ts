import { z } from 'zod';
import type { Connector } from '../../sdk/treaty.js';

/** What to type after the command's name: the connector that asks for least, with its required fields to fill in. */
export function firstConnection(connectors: ReadonlyMap<string, Connector>): string {
  const commands = [...connectors.values()].map(({ definition }) => ({
    name: definition.name,
    settings: requiredOf(definition.settings),
    secrets: requiredOf(definition.credentials),
  }));
  const asks = (one: (typeof commands)[number]): number => one.settings.length + one.secrets.length;
  const [least] = commands.sort((a, b) => asks(a) - asks(b));
  if (least === undefined) return 'connectors list';
  const words = [
    `connections add --connector ${least.name} --name Support`,
    ...least.settings.map((field) => `--set ${field}=${placeholder(field)}`),
    ...least.secrets.map((field) => `--secret ${field}`),
  ];
  return words.join(' ');
}

function requiredOf(schema: z.ZodObject): readonly string[] {
  const { required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return required;
}

/** accountSid → ACCOUNT_SID */
function placeholder(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
