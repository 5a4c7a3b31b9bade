import fc from 'fast-check';
import { breakOutcome, readRefusal, refusalFailure } from './failures.js';
import type { Stage } from './failures.js';

const NOW = 1_800_000_000_000;

function failureOf(stage: Stage, reply: string): string {
  const refusal = readRefusal(stage, reply);
  if (refusal === null) return 'no refusal';
  const failure = refusalFailure(refusal, NOW);
  if (failure.kind === 'refused') return failure.cause;
  return failure.kind === 'misconfigured' ? `misconfigured ${failure.setting}` : failure.kind;
}

describe('what a mail server answers, as a failure', () => {
  const table: readonly [Stage, string, string][] = [
    ['recipient', '450 4.2.0 Greylisted, see http://postgrey.example', 'transient'],
    ['recipient', '451 4.7.1 try again', 'transient'],
    ['connect', '421 4.3.2 shutting down', 'transient'],
    ['message', '421-4.7.28 rate limited\r\n421 4.7.28 come back', 'rateLimited'],
    ['message', '550 5.4.5 Daily user sending limit exceeded', 'rateLimited'],
    ['recipient', '550 5.1.1 no such user', 'recipientGone'],
    ['recipient', '550 5.1.10 RESOLVER.ADR.RecipientNotFound', 'recipientGone'],
    ['recipient', '550 5.2.1 account disabled', 'recipientGone'],
    ['recipient', '550 User not found', 'recipientGone'],
    ['recipient', '552 5.2.2 mailbox full', 'transient'],
    ['message', '552 5.2.2 mailbox full', 'transient'],
    ['recipient', '552 over quota', 'transient'],
    ['message', '552 5.3.4 message too big', 'content'],
    ['message', '552 message size exceeds', 'content'],
    ['message', '554 5.7.1 looks like spam', 'content'],
    ['message', '554 DT:SPM 163 smtp', 'content'],
    ['message', '550 5.7.26 unauthenticated', 'content'],
    ['recipient', '554 5.7.1 Relay access denied', 'misconfigured smtp.auth'],
    ['sender', '553 5.7.1 Sender address rejected: not owned by user', 'misconfigured address'],
    ['sender', '530 5.7.0 Must issue a STARTTLS command first', 'misconfigured smtp.tls'],
    ['sender', '530 5.7.57 Client not authenticated', 'unauthorised'],
    ['login', '535 5.7.8 bad credentials', 'unauthorised'],
    ['login', '534 5.7.9 application-specific password required', 'unauthorised'],
    ['login', '454 4.7.0 temporary authentication failure', 'transient'],
    ['connect', '554 5.7.1 no service for your address', 'misconfigured smtp.host'],
    ['message', '503 5.5.1 bad sequence', 'transient'],
    ['message', '250 2.0.0 ok', 'no refusal'],
    ['message', '354', 'no refusal'],
  ];
  test.each(table)('%s: %s', (stage, reply, expected) => {
    expect(failureOf(stage, reply)).toBe(expected);
  });

  test('the pause of a sending quota ends at a named time', () => {
    const refusal = readRefusal('message', '550 5.4.5 Daily user sending limit exceeded');
    expect(refusal && refusalFailure(refusal, NOW)).toMatchObject({ retryAt: NOW + 3_600_000 });
  });

  test('the agent reads the words of the server, without control characters', () => {
    const refusal = readRefusal('recipient', '550-5.1.1 no \u0007such\r\n550 5.1.1 user');
    expect(refusal && refusalFailure(refusal, NOW).why).toBe(
      'the mail server answered 550 5.1.1: no such user',
    );
  });

  test('at login the words are left out: a server may repeat what it was sent', () => {
    const refusal = readRefusal('login', '535 5.7.8 wrong password hunter2');
    expect(refusal && refusalFailure(refusal, NOW).why).not.toContain('hunter2');
  });

  test('any bytes are read without an exception', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom<Stage>('login', 'message'), (reply, stage) => {
        const refusal = readRefusal(stage, reply);
        if (refusal !== null) refusalFailure(refusal, NOW);
      }),
    );
  });
});

describe('a dialogue that ends without an answer', () => {
  const broken = { stage: 'message' as const, why: 'the connection broke' };

  test('is transient before the final dot', () => {
    expect(breakOutcome({ ...broken, code: 'ECONNRESET', dotSent: false })).toMatchObject({
      failure: { kind: 'transient' },
    });
  });

  test('is uncertain after it', () => {
    expect(breakOutcome({ ...broken, code: 'ECONNRESET', dotSent: true }).kind).toBe('uncertain');
  });

  test('names the setting when the certificate is what is wrong', () => {
    expect(breakOutcome({ ...broken, code: 'CERT_HAS_EXPIRED', dotSent: false })).toMatchObject({
      failure: { kind: 'misconfigured', setting: 'smtp.tls' },
    });
  });
});
