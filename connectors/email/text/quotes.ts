import { attributionAt } from './attribution.js';
import { isBlank, isRule } from './lines.js';
import type { Line } from './lines.js';
import { FORWARDED, HEADER_LABELS, ORIGINAL_MESSAGE, ORIGINAL_STEMS } from './words.js';
import type { HeaderRole } from './words.js';

/** A body taken apart: what stands above the history, and a forwarded mail that is content. */
export interface Reply {
  readonly upper: readonly Line[];
  readonly forwarded: readonly Line[];
}

/**
 * Cuts off the history that runs to the end. One pass with bounded look-ahead; no expression that
 * could backtrack. A forwarded mail stays.
 */
export function aboveHistory(lines: readonly Line[]): Reply {
  const { cut, forward } = findCut(lines);
  const upper = mendWrapped(lines.slice(0, cut));
  if (forward) return { upper, forwarded: lines.slice(cut) };
  return { upper: cut < lines.length ? trimSeparators(upper) : upper, forwarded: [] };
}

/** Where the history begins that runs to the end; `forward`: a forwarded mail begins there instead. */
function findCut(lines: readonly Line[]): { cut: number; forward: boolean } {
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i];
    if (line === undefined) break;
    if (isForwardMarker(line.text)) return { cut: i, forward: true };
    if (line.depth > 0) continue;
    if (line.mark === 'cut') return { cut: i, forward: forwardFollows(lines, i) };
    if (isOriginalMarker(line.text) || headerBlockAt(lines, i)) return { cut: i, forward: false };
    const count = attributionAt(lines, i);
    if (count === 0) continue;
    if (!quoteFollows(lines, i + count)) return { cut: i, forward: false };
    i += count - 1;
  }
  return { cut: lines.length, forward: false };
}

function forwardFollows(lines: readonly Line[], at: number): boolean {
  return lines.slice(at, at + 5).some((line) => isForwardMarker(line.text));
}

function quoteFollows(lines: readonly Line[], from: number): boolean {
  for (let i = from; i < Math.min(lines.length, from + 4); i += 1) {
    if ((lines[i]?.depth ?? 0) > 0) return true;
    if (!isBlank(lines[i])) return false;
  }
  return false;
}

/** The words between runs of dashes, or null when the line is not framed like that. */
function framed(text: string): string | null {
  const bare = text.trim();
  if (bare.length > 120) return null;
  let from = 0;
  let to = bare.length;
  while (from < to && '-—_=*─ '.includes(bare.charAt(from))) from += 1;
  while (to > from && '-—_=*─ :：'.includes(bare.charAt(to - 1))) to -= 1;
  return from >= 2 ? bare.slice(from, to).toLowerCase() : null;
}

export function isOriginalMarker(text: string): boolean {
  const words = framed(text);
  if (words === null || words.length > 40) return false;
  return ORIGINAL_MESSAGE.has(words) || (isRule(text.trim().slice(-2), 2) && saysOriginal(words));
}

/** `Oprindelig besked`, `Ursprungligt mail`: an adjective for "original" and one or two words more. */
function saysOriginal(words: string): boolean {
  return words.split(' ').length <= 4 && ORIGINAL_STEMS.some((stem) => words.includes(stem));
}

export function isForwardMarker(text: string): boolean {
  const words = framed(text) ?? (text.length < 80 ? beginMarker(text) : null);
  return words !== null && FORWARDED.some((start) => words.startsWith(start));
}

/** Apple writes `Begin forwarded message:` without dashes. */
function beginMarker(text: string): string | null {
  const bare = text.trim().toLowerCase();
  return bare.endsWith(':') || bare.endsWith('：') ? bare.slice(0, -1) : null;
}

/** Lines looked at for the labels of one header block. */
const BLOCK_LINES = 12;

/** True when a block like From/Sent/To/Subject begins here: a sender first, and two more labels soon. */
export function headerBlockAt(lines: readonly Line[], at: number): boolean {
  const opened = lines[at];
  if (opened === undefined) return false;
  const first = labelOf(opened.text);
  if (first !== 'from' && first !== 'date') return false;
  const roles = new Set<HeaderRole>([first]);
  let misses = 0;
  for (let i = at + 1; i < Math.min(lines.length, at + BLOCK_LINES) && misses < 4; i += 1) {
    const role = labelOf(lines[i]?.text ?? '');
    if (role === null) misses += isBlank(lines[i]) ? 0.5 : 1;
    else roles.add(role);
  }
  return roles.has('from') && roles.size >= 3;
}

/** The role of a `Label: value` line, also `*From:* x` and `| 发件人 | x |`. */
function labelOf(text: string): HeaderRole | null {
  const bare = text.slice(0, 80).replaceAll('*', '').replaceAll('|', ' ').trim();
  const colon = bare.search(/[:：]/);
  const label = colon < 0 ? cellLabel(text) : bare.slice(0, colon);
  return label === '' ? null : (HEADER_LABELS.get(plainLabel(label)) ?? null);
}

function cellLabel(text: string): string {
  return text.trimStart().startsWith('|') ? (text.split('|', 2)[1] ?? '') : '';
}

function plainLabel(label: string): string {
  return label.replaceAll('\u00a0', ' ').replaceAll('\u3000', '').trim().toLowerCase();
}

/** Drops blank lines, rules and the marker above the place where the history began. */
function trimSeparators(lines: readonly Line[]): readonly Line[] {
  let end = lines.length;
  while (end > 0 && (isBlank(lines[end - 1]) || isRule(lines[end - 1]?.text ?? '', 2))) end -= 1;
  return lines.slice(0, end);
}

/** A long quoted line broken by the transport leaves a stub without its `>`: it belongs to the quote. */
function mendWrapped(lines: readonly Line[]): readonly Line[] {
  return lines.map((line, i) => {
    if (line.depth > 0 || isBlank(line)) return line;
    const before = lines[i - 1];
    const after = lines[i + 1];
    const stub =
      (before?.depth ?? 0) > 0 && (after?.depth ?? 0) > 0 && (before?.text.length ?? 0) > 55;
    return stub ? { ...line, depth: 1 } : line;
  });
}

interface Block {
  readonly from: number;
  readonly to: number;
  /** It has a line that says who wrote it. */
  readonly attributed: boolean;
}

/**
 * Quoted blocks at the end go. One attributed block above the reply goes as well (bottom posting); of
 * several blocks with replies between them all stay, since the replies mean nothing without them.
 */
export function withoutQuotedBlocks(lines: readonly Line[]): readonly Line[] {
  const blocks = quotedBlocks(lines);
  const last = blocks.at(-1);
  const trailing = last !== undefined && onlyBlank(lines, last.to);
  const inner = trailing ? blocks.slice(0, -1) : blocks;
  const end = trailing ? last.from : lines.length;
  const only = inner.length === 1 ? inner[0] : undefined;
  if (only?.attributed !== true) return lines.slice(0, end);
  return [...lines.slice(0, only.from), ...lines.slice(only.to, end)];
}

function onlyBlank(lines: readonly Line[], from: number): boolean {
  for (let i = from; i < lines.length; i += 1) {
    const line = lines[i];
    if (!isBlank(line) && line?.mark !== 'signature' && !isRule(line?.text ?? '', 2)) return false;
  }
  return true;
}

function quotedBlocks(lines: readonly Line[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i];
    if (line === undefined) break;
    const count = line.depth > 0 ? 0 : attributionAt(lines, i);
    if (line.depth === 0 && (count === 0 || !quoteFollows(lines, i + count))) continue;
    const to = blockEnd(lines, i + count);
    blocks.push({ from: i, to, attributed: count > 0 || saysWho(lines, i, to) });
    i = to - 1;
  }
  return blocks;
}

/** Apple and Foxmail put the attribution inside the quotation. */
function saysWho(lines: readonly Line[], from: number, to: number): boolean {
  for (let i = from; i < Math.min(to, from + 3); i += 1) {
    if (attributionAt(lines, i) > 0 || headerBlockAt(lines, i)) return true;
  }
  return false;
}

function blockEnd(lines: readonly Line[], from: number): number {
  let end = from;
  for (let i = from; i < lines.length; i += 1) {
    const line = lines[i];
    if ((line?.depth ?? 0) > 0) end = i + 1;
    else if (!isBlank(line)) break;
  }
  return end;
}
