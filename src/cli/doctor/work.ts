import type { Loaded } from '../../config/load.js';
import { MINUTE } from '../../model/time.js';
import type { Store } from '../../store/store.js';
import { stuckWork, type Stuck, type StuckOne, type StuckWork } from '../../store/stuck.js';
import { typed } from '../typed.js';
import { note, ok, wrong, type Finding } from './finding.js';

/** An answer that has not left by then is looked at. */
const WAITS_LONG = 15 * MINUTE;
const WHY_LENGTH = 100;

/** Answers and messages that do not go on by themselves, each with the command that helps. */
export async function workFindings(loaded: Loaded, store: Store): Promise<readonly Finding[]> {
  const work = await store.read(() => stuckWork(Date.now() - WAITS_LONG));
  const answers = answerFindings(loaded, work);
  const messages = messageFindings(loaded, work);
  return [
    ...(answers.length === 0 ? [ok('answers', 'none is stuck')] : answers),
    ...(messages.length === 0 ? [ok('messages', 'all could be read and filed')] : messages),
  ];
}

function answerFindings(
  loaded: Loaded,
  { uncertain, failed, refused, waiting }: StuckWork,
): readonly Finding[] {
  const again = (stuck: Stuck, more = ''): string =>
    typed(loaded, `redrive --delivery ${idsOf(stuck)}${more}`);
  const twice = ' --even-if-it-may-arrive-twice';
  return [
    ...finding(uncertain, (text) =>
      wrong(
        'answers',
        `nobody knows whether they arrived: ${text}`,
        `look at the platform, then POST /api/v1/deliveries/{id}/resolve, or send again: ${again(uncertain, twice)}`,
      ),
    ),
    ...finding(failed, (text) => wrong('answers', `failed: ${text}`, again(failed))),
    ...finding(waiting, (text) =>
      wrong(
        'answers',
        `waiting for more than ${WAITS_LONG / MINUTE} minutes: ${text}`,
        connectionsOf(waiting)
          .map((id) => typed(loaded, `connections check ${id}`))
          .join('; '),
      ),
    ),
    // The platform's last word, or an agent's: known on the ticket, and nothing of the installation.
    ...finding(refused, (text) =>
      note(
        'answers',
        `failed for good: ${text}`,
        `reach the customer another way, or, when the cause is gone: ${again(refused)}`,
      ),
    ),
  ];
}

function messageFindings(
  loaded: Loaded,
  { quarantined, deadDrafts }: StuckWork,
): readonly Finding[] {
  return [
    ...finding(quarantined, (text) =>
      wrong(
        'messages',
        `${quarantined.total} envelope${quarantined.total === 1 ? '' : 's'} in quarantine: ${text}`,
        `mend the mapping or the connection, then ${typed(loaded, 'replay --quarantine')}`,
      ),
    ),
    ...finding(deadDrafts, (text) =>
      wrong(
        'messages',
        `could not be filed: ${text}`,
        `report it with what the log says, then ${typed(loaded, 'redrive')}`,
      ),
    ),
  ];
}

function finding(stuck: Stuck, make: (text: string) => Finding): readonly Finding[] {
  return stuck.total === 0 ? [] : [make(told(stuck))];
}

function told({ total, youngest }: Stuck): string {
  const more = total > youngest.length ? [`and ${total - youngest.length} older ones`] : [];
  return [...youngest.map(oneOf), ...more].join('; ');
}

const oneOf = ({ id, connection_id: connection, why }: StuckOne): string =>
  `#${id} (${connection}${why === null ? '' : `: ${sentenceOf(why)}`})`;

/** A failure is stored as JSON, another reason as its sentence; a stack follows either. */
function sentenceOf(why: string): string {
  const words = why.startsWith('{') ? (JSON.parse(why) as { readonly why: string }).why : why;
  const [line = ''] = words.split('\n', 1);
  return line.length <= WHY_LENGTH ? line : `${line.slice(0, WHY_LENGTH - 1)}…`;
}

const idsOf = ({ youngest }: Stuck): string => youngest.map(({ id }) => id).join(' ');

const connectionsOf = ({ youngest }: Stuck): readonly string[] => [
  ...new Set(youngest.map(({ connection_id }) => connection_id)),
];
