import { loadForCommand } from '../configuration.js';
import { usage, type ExitCode, type Shell } from '../shell.js';
import { openReader, READERS, type Line, type NormaliseRequest, type Reader } from './reader.js';
import { sourcesOf, type Source } from './sources.js';

/** Raw payloads to drafts, one JSON a line, in the order of the sources. */
export async function normalise(shell: Shell, request: NormaliseRequest): Promise<ExitCode> {
  const { files } = request;
  if (files.length === 0 && shell.stdin.isTTY === true) {
    throw usage('name files or a folder, or pipe a payload into standard input');
  }
  const reader = await openReader(await shell.main(), loadForCommand(), request, shell.err);
  let failed = false;
  let nothing = true;
  try {
    const sources = sourcesOf(files.length === 0 ? ['-'] : files, shell.stdin);
    for await (const lines of inOrder(sources, reader.lines)) {
      nothing = false;
      failed ||= lines.some((line) => 'error' in line);
      for (const line of lines) shell.out(JSON.stringify(line));
    }
  } finally {
    await reader.close();
  }
  if (nothing) shell.err(`there is no file in ${files.join(', ')}`);
  return failed ? 1 : 0;
}

/** Works ahead by as many as there are readers, and answers in the order of the sources. */
async function* inOrder(
  sources: AsyncIterable<Source>,
  lines: Reader['lines'],
): AsyncGenerator<readonly Line[]> {
  const ahead: Promise<readonly Line[]>[] = [];
  let turn = 0;
  for await (const source of sources) {
    ahead.push(lines(source, turn));
    turn += 1;
    const first = ahead.length === READERS ? ahead.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const rest of ahead) yield await rest;
}
