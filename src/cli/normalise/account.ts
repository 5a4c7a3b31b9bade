import type { Account } from '../../sdk/inbound.js';
import type { Connector } from '../../sdk/treaty.js';
import type { z } from 'zod';
import { usage } from '../shell.js';
import { readYamlFile, type NamedFile } from '../yaml-file.js';

/** An account nobody has: the defaults of the connector, with the settings of a file over them. */
export function accountOf({ definition }: Connector, file: string | undefined): Account {
  const given = file === undefined ? {} : asSettings(readYamlFile(file));
  const parsed = definition.settings.safeParse(given);
  return {
    id: definition.name,
    settings: parsed.success ? parsed.data : { ...defaultsOf(definition.settings), ...given },
    credentials: {},
    hookUrl: `http://127.0.0.1/hooks/${definition.name}`,
    macKeys: [],
  };
}

function asSettings({ value, placeOf }: NamedFile): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw usage(`${placeOf([])}: a tree of settings was expected, as { sendUrl: … }`);
}

/** Fields that may be left out take what they take then; required ones stay absent. */
function defaultsOf(schema: z.ZodObject): Record<string, unknown> {
  const fields = Object.entries(schema.shape).flatMap(([name, field]) => {
    const parsed = (field as z.ZodType).safeParse(undefined);
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(fields);
}
