/**
 * How far a folder was read, as `uidvalidity:uid:time`. UIDs ascend and mean something only under
 * their UIDVALIDITY (RFC 3501 section 2.3.1.1); the time finds the place again when that changes.
 */
export interface Cursor {
  readonly uidValidity: string;
  /** The last UID read; 0 before the first. */
  readonly uid: number;
  /** Milliseconds UTC: mail that arrived before was read. */
  readonly time: number;
}

const FORM = /^(\d{1,20}):(\d{1,10}):(\d{1,16})$/;

export function formatCursor({ uidValidity, uid, time }: Cursor): string {
  return `${uidValidity}:${uid}:${time}`;
}

/** Null for a folder never read, and for a cursor that is none: the folder is then read as at first. */
export function readCursor(text: string | undefined): Cursor | null {
  const parts = FORM.exec(text ?? '');
  if (parts === null) return null;
  return { uidValidity: parts[1] ?? '', uid: Number(parts[2]), time: Number(parts[3]) };
}
