/** A process of its own that hands small mails to an SMTP listener over several connections. */
import { connect } from 'node:net';

export interface MailTask {
  readonly port: number;
  readonly to: string;
  readonly run: string;
  readonly messages: number;
  readonly connections: number;
}

export interface MailResult {
  readonly startedAt: number;
  readonly seconds: number;
  readonly accepted: number;
}

function mail({ to, run }: MailTask, n: number): string {
  return [
    `From: Customer ${n} <customer.${run}.${n}@example.com>`,
    `To: ${to}`,
    `Subject: Parcel ${n} never arrived`,
    `Message-ID: <${run}.${n}@example.com>`,
    `Date: ${new Date().toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `I ordered on Monday, order SO${run}${n}. 请尽快处理,我等了很久了。`,
    '',
    'Regards',
    `Customer ${n}`,
    '',
  ].join('\r\n');
}

/** One connection: a transaction after the other, MAIL, RCPT and DATA pipelined as RFC 2920 allows. */
function oneConnection(task: MailTask, next: () => number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(task.port, '127.0.0.1');
    let accepted = 0;
    let held = '';
    const waiting = ['greeting'];
    let current = 0;
    const begin = (): void => {
      const n = next();
      if (n === null) return void socket.end('QUIT\r\n', () => resolve(accepted));
      current = n;
      waiting.push('mail', 'rcpt', 'data');
      socket.write(
        `MAIL FROM:<customer.${task.run}.${n}@example.com>\r\nRCPT TO:<${task.to}>\r\nDATA\r\n`,
      );
    };
    const take = (line: string): void => {
      if (line.charAt(3) === '-') return;
      const step = waiting.shift();
      if (!/^[23]/.test(line)) {
        return reject(new Error(`${step ?? 'something'} was answered ${line}`));
      }
      if (step === 'greeting') {
        waiting.push('ehlo');
        socket.write('EHLO bench.example.com\r\n');
      } else if (step === 'ehlo') begin();
      else if (step === 'data') {
        waiting.push('end');
        socket.write(`${mail(task, current)}.\r\n`);
      } else if (step === 'end') {
        accepted += 1;
        begin();
      }
    };
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (let end = held.indexOf('\r\n'); end >= 0; end = held.indexOf('\r\n')) {
        const line = held.slice(0, end);
        held = held.slice(end + 2);
        take(line);
      }
    });
    socket.on('error', reject);
  });
}

async function run(task: MailTask): Promise<MailResult> {
  let n = 0;
  const next = (): number | null => (n < task.messages ? (n += 1) : null);
  const startedAt = Date.now();
  const began = performance.now();
  const accepted = await Promise.all(
    Array.from({ length: task.connections }, () => oneConnection(task, next)),
  );
  return {
    startedAt,
    seconds: (performance.now() - began) / 1_000,
    accepted: accepted.reduce((a, b) => a + b, 0),
  };
}

process.once('message', (task: MailTask) => {
  void run(task).then((result) => process.send?.(result, () => process.disconnect()));
});
