import type { Checked } from '../../sdk/treaty.js';
import type { Opened } from '../data/open.js';
import { failureOf } from '../failure.js';
import type { JsonOption, Shell } from '../shell.js';
import { HUBBUB } from '../typed.js';
import { findingLines } from './findings.js';

export interface TryOptions extends JsonOption {
  /** False: `--no-check`. */
  readonly check?: boolean;
}

/**
 * Tries an account that was just saved and says where it was saved, how its platform reaches it, and
 * whether it can be used: a connection with a wrong password is saved, and is of no use yet.
 */
export async function tryOut(
  shell: Shell,
  { operations, served, where }: Opened,
  { id, done }: { readonly id: string; readonly done: string },
  { check, json }: TryOptions,
): Promise<void> {
  const checked = check === false ? null : await checkOf(operations, id);
  const line = (await operations.listConnections()).find((one) => one.id === id);
  const { hookUrl = null, doorUrl = null } = line ?? {};
  if (json === true) {
    shell.out(JSON.stringify({ id, hookUrl, doorUrl, check: checked }, null, 2));
    return;
  }
  const lines = [
    `${done} ${id}: ${where}`,
    ...(hookUrl === null ? [] : [`  its platform calls: ${hookUrl}`]),
    ...(doorUrl === null ? [] : [`  its own address, for what its README describes: ${doorUrl}`]),
    ...(checked?.findings ?? []).flatMap((one) => findingLines(id, one)),
    verdict(id, checked, served),
  ];
  lines.forEach(shell.out);
}

async function checkOf(operations: Opened['operations'], id: string): Promise<Checked | null> {
  try {
    return await operations.checkConnection({ id });
  } catch (error) {
    const en = failureOf(error).sentence;
    const text = { en, zh: '无法进行检查，原因见左侧英文' };
    return { ok: false, findings: [{ ok: false, cause: 'setting', text }] };
  }
}

function verdict(id: string, checked: Checked | null, served: boolean): string {
  if (checked === null) return `not tried yet: ${HUBBUB} connections check ${id}`;
  if (!checked.ok) {
    return `NOT USABLE YET · 暂不可用: mend what FAIL names with ${HUBBUB} connections change ${id} --set … --secret …`;
  }
  return served
    ? 'in use from now on · 已启用'
    : `it is used when the hub starts · 启动服务后生效: npm start`;
}
