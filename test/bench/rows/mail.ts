import { startBenchHub, untilFiled } from '../hub.js';
import { callApi, freePort, runMail, startRawMail } from '../processes.js';
import { row, type Measure } from '../row.js';

const TO = 'support@hub.example.com';
const CONNECTIONS = 16;
const WARM_UP = 300;

/** SMTP listener → ticket, mails a second, beside the same SMTP library with one durable insert. */
export const mail: Measure = async (bench) => {
  const messages = Math.ceil(bench.messages / 4);
  bench.say('mail: the raw limit, then the hub');
  const raw = await startRawMail(bench.folder('raw-mail'));
  await runMail({
    port: raw.port,
    to: TO,
    run: 'warm',
    messages: WARM_UP,
    connections: CONNECTIONS,
  });
  const limit = await runMail({
    port: raw.port,
    to: TO,
    run: 'raw',
    messages,
    connections: CONNECTIONS,
  });
  await raw.stop();

  const hub = await startBenchHub(bench.folder('mail'));
  const port = await freePort();
  await callApi(hub.port, 'POST', '/connections', {
    connector: 'email',
    name: 'mail',
    settings: { address: TO, listener: { enabled: true, port, host: '127.0.0.1' } },
    credentials: {},
  });
  const send = (run: string, n: number) =>
    runMail({ port, to: TO, run, messages: n, connections: CONNECTIONS });
  await send('warm', WARM_UP);
  await untilFiled(hub, WARM_UP);
  const sent = await send('mail', messages);
  const end = await untilFiled(hub, WARM_UP + messages);
  await hub.stop();
  return [
    row('mail', messages / ((end - sent.startedAt) / 1_000), 'mails/s', messages / limit.seconds),
  ];
};
