import { z } from 'zod';
import type { Connector } from '../../sdk/treaty.js';

/** How a command is run in a checkout and in the image. */
export const HUBBUB = 'npm run -s hubbub --';

/** A command to copy: the connector that asks for least, with its required fields to fill in. */
export function exampleCommand(connectors: ReadonlyMap<string, Connector>): string {
  const commands = [...connectors.values()].map(({ definition }) => ({
    name: definition.name,
    settings: requiredOf(definition.settings),
    secrets: requiredOf(definition.credentials),
  }));
  const asks = (one: (typeof commands)[number]): number => one.settings.length + one.secrets.length;
  const [least] = commands.sort((a, b) => asks(a) - asks(b));
  if (least === undefined) return `${HUBBUB} connectors list`;
  const words = [
    `${HUBBUB} connections add --connector ${least.name} --name Support`,
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
