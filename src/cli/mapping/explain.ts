import { createHash } from 'node:crypto';
import { explainMapping, type Explanation } from '../../mapping/explain.js';
import { mappingsFor } from '../../mapping/load.js';
import type { MappingInput } from '../../mapping/mapping.js';
import type { Raw } from '../../sdk/inbound.js';
import type { Connector } from '../../sdk/treaty.js';
import { loadForCommand } from '../configuration.js';
import { accountOf } from '../normalise/account.js';
import { sourcesOf } from '../normalise/sources.js';
import { CommandProblem, usage, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { unknownName } from '../unknown-name.js';

export interface ExplainOptions extends JsonOption {
  readonly settings?: string;
}

export interface ExplainRequest extends ExplainOptions {
  readonly connector: string;
  readonly file: string;
}

/** Decodes the payload and says of every field of its drafts where it came from. */
export async function explain(shell: Shell, request: ExplainRequest): Promise<ExitCode> {
  const { loadConnectors, readMappings, mappingFolders } = await shell.main();
  const connectors = await loadConnectors();
  const connector = connectors.get(request.connector);
  if (connector === undefined) {
    throw usage(unknownName('connector', request.connector, connectors.keys()));
  }
  const account = accountOf(connector, request.settings);
  const library = await readMappings(mappingFolders(loadForCommand()));
  const set = mappingsFor(library, request.connector, account.settings);
  if (set === null) throw usage(`there is no mapping for ${request.connector}`);
  const body = await bytesOf(shell, request.file);
  const raws = await rawsOf(connector, request, body);
  const explained = raws.map((raw) => explainMapping(set, inputOf(raw)));
  if (request.json === true) shell.out(JSON.stringify(explained, null, 2));
  else for (const one of explained) for (const line of linesOf(one)) shell.out(line);
  return explained.every(({ result }) => result.ok) ? 0 : 1;
}

async function bytesOf(shell: Shell, file: string): Promise<Buffer> {
  for await (const source of sourcesOf([file], shell.stdin)) {
    const body = await source.read();
    if (typeof body === 'string') throw usage(`${source.name} ${body}`);
    return body;
  }
  throw usage(`${file} is an empty folder`);
}

async function rawsOf(
  connector: Connector,
  { settings, file }: ExplainRequest,
  body: Buffer,
): Promise<readonly Raw[]> {
  const account = accountOf(connector, settings);
  const decoded = await connector.decode(
    {
      id: 0,
      connection: account.id,
      key: createHash('sha256').update(body).digest('hex'),
      body,
      type: '',
      notes: {},
      query: '',
      receivedAt: Date.now(),
    },
    account,
  );
  if (decoded.kind === 'raws') return decoded.raws;
  throw new CommandProblem(
    decoded.kind === 'unreadable'
      ? `${file}: ${decoded.why}`
      : `${file} is only a hint that something waits; there is nothing to map`,
  );
}

function inputOf(raw: Raw): MappingInput {
  return { body: raw.body, headers: {}, query: {}, receivedAt: new Date().toISOString() };
}

function linesOf({ tried, fields, result }: Explanation): readonly string[] {
  const lines = tried.map(
    ({ file, accepts, held }) => `${held ? 'takes it ' : 'not taken'}  ${file}  (${accepts})`,
  );
  for (const { target, file, line, rule, by, as, kept } of fields) {
    lines.push(`${target}: ${shown(kept)}`);
    const how = as.length === 0 ? '' : ` as ${as.join(', ')}`;
    lines.push(`    ${file}:${line}  ${rule}  → ${by ?? 'found nothing'}${how}`);
  }
  if (!result.ok) lines.push(`no draft: ${result.why}`);
  return lines;
}

function shown(value: unknown): string {
  return JSON.stringify(value ?? null).slice(0, 200);
}
