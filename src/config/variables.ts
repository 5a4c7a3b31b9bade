import { nearestName } from '../model/nearest.js';

/** Knobs that an environment variable overrides; the variable wins over every file. */
export const KNOBS: Readonly<Record<string, readonly [string, string]>> = {
  HUBBUB_PORT: ['server', 'port'],
  HUBBUB_HOST: ['server', 'host'],
  HUBBUB_PUBLIC_URL: ['server', 'publicUrl'],
  HUBBUB_DATA_DIR: ['data', 'dir'],
  HUBBUB_DATABASE_URL: ['data', 'databaseUrl'],
  HUBBUB_REDIS_URL: ['data', 'redisUrl'],
  HUBBUB_ROLE: ['process', 'role'],
  HUBBUB_LOG_LEVEL: ['process', 'logLevel'],
};

/** What stands in no file. */
const WITHOUT_KNOB = ['HUBBUB_CONFIG_DIR', 'HUBBUB_MASTER_KEY', 'HUBBUB_BOOTSTRAP_TOKEN'] as const;

const OURS = 'HUBBUB_';
/**
 * What Kubernetes sets in every container beside a service named `hubbub`
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables, 2026-11),
 * and what only our tests say.
 */
const OF_OTHERS =
  /^HUBBUB_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?|TEST_\w+|CRASHPOINTS)$/;

/**
 * A sentence about each variable that is named like ours and is none of them. They are no mistake by
 * themselves, since others may set what they like; but a misspelt one does nothing, in silence.
 */
export function unknownVariables(variables: NodeJS.ProcessEnv = process.env): readonly string[] {
  const known = [...Object.keys(KNOBS), ...WITHOUT_KNOB];
  return Object.keys(variables)
    .filter((name) => name.startsWith(OURS) && !known.includes(name) && !OF_OTHERS.test(name))
    .sort()
    .map((name) => {
      const near = meantBy(name, known);
      const meant =
        near === null ? `the variables are ${known.join(', ')}` : `did you mean ${near}?`;
      return `${name} is set and does nothing, for there is no such variable: ${meant}`;
    });
}

/** One that was cut short or drawn out comes before one that merely looks alike. */
function meantBy(name: string, known: readonly string[]): string | null {
  const ending = name.slice(OURS.length);
  const endings = known.map((one) => one.slice(OURS.length));
  const cut = endings.find(
    (one) => ending.length > 2 && (one.startsWith(ending) || ending.startsWith(one)),
  );
  const near = cut ?? nearestName(ending, endings);
  return near === null ? null : OURS + near;
}
