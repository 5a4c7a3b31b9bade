/* <script src="https://hub.example.com/c/CONNECTION/widget.js" data-lang="zh" async></script> */
(() => {
  'use strict';
  const script = document.currentScript;
  const base = new URL('.', script.src).href;
  const lang = script.dataset.lang || navigator.language || 'en';
  const words = /^zh/i.test(lang)
    ? {
        title: '在线客服',
        type: '请输入消息…',
        send: '发送',
        away: '连接已断开，正在重连…',
        wait: '发送中…',
        failed: '未发送',
        open: '打开聊天',
        close: '关闭聊天',
      }
    : {
        title: 'Chat with us',
        type: 'Write a message…',
        send: 'Send',
        away: 'Connection lost, trying again…',
        wait: 'Sending…',
        failed: 'Not sent',
        open: 'Open chat',
        close: 'Close chat',
      };

  /* Survives a reload: the token, and what was not yet taken. */
  const key = `hubbub-chat:${base}`;
  const state = { token: null, outbox: [], open: false };
  try {
    Object.assign(state, JSON.parse(localStorage.getItem(key) || '{}'));
  } catch {}
  const save = () => {
    try {
      localStorage.setItem(key, JSON.stringify(state));
    } catch {}
  };

  let seq = 0;
  let lastDesk = 0;
  let told = '';
  let retry = 3000;
  let session = null;
  const rows = new Map();

  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    ':host{all:initial;display:flex;flex-direction:column;align-items:flex-end;position:fixed;right:16px;bottom:16px;z-index:2147483000;font:15px/1.45 system-ui,sans-serif;color:#1c2430}' +
      '*{box-sizing:border-box;font:inherit}button{cursor:pointer;border:0;border-radius:8px;background:#1f4fd8;color:#fff;padding:8px 14px}' +
      'button:focus-visible,textarea:focus-visible{outline:3px solid #9db8ff}' +
      '.toggle{border-radius:24px;padding:12px 18px}' +
      'section{display:flex;flex-direction:column;width:min(360px,calc(100vw - 32px));height:min(520px,calc(100vh - 96px));margin-bottom:10px;background:#fff;border:1px solid #d5dbe6;border-radius:12px;overflow:hidden;box-shadow:0 6px 24px #0003}' +
      '[hidden]{display:none!important}header{padding:12px 14px;background:#f3f5fa;font-weight:600}' +
      '.log{flex:1;overflow-y:auto;padding:12px;display:flex;flex-direction:column;gap:8px}' +
      '.m{max-width:85%;padding:8px 11px;border-radius:12px;background:#eef1f7;white-space:pre-wrap;overflow-wrap:anywhere;align-self:flex-start}' +
      '.m.customer{background:#1f4fd8;color:#fff;align-self:flex-end}.m small{display:block;opacity:.75;font-size:12px}' +
      '.status{padding:4px 14px;font-size:13px;color:#8a4b00;background:#fff6e5}' +
      'form{display:flex;gap:8px;padding:10px;border-top:1px solid #e3e8f1}textarea{flex:1;resize:none;height:42px;padding:8px;border:1px solid #b9c3d4;border-radius:8px}',
  );
  root.adoptedStyleSheets = [sheet];

  /* Everything that is shown goes through textContent. */
  const make = (tag, className, text, parent) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    parent.append(element);
    return element;
  };
  const panel = make('section', '', '', root);
  panel.setAttribute('role', 'dialog');
  const head = make('header', '', words.title, panel);
  const log = make('div', 'log', '', panel);
  log.setAttribute('role', 'log');
  log.setAttribute('aria-live', 'polite');
  const status = make('div', 'status', words.away, panel);
  const form = make('form', '', '', panel);
  const input = make('textarea', '', '', form);
  input.maxLength = 10000;
  input.placeholder = words.type;
  input.setAttribute('aria-label', words.type);
  make('button', '', words.send, form);
  const toggle = make('button', 'toggle', '', root);
  status.hidden = true;

  const show = (open) => {
    state.open = open;
    save();
    panel.hidden = !open;
    toggle.textContent = open ? '×' : words.title;
    toggle.setAttribute('aria-label', open ? words.close : words.open);
    if (open) input.focus();
    acknowledge();
  };

  const put = (id, from, text, note) => {
    const row = rows.get(id) || make('div', `m ${from}`, '', log);
    rows.set(id, row);
    row.textContent = text;
    if (note) make('small', '', note, row);
    log.scrollTop = log.scrollHeight;
  };

  const uuid7 = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let i = 5; i >= 0; i -= 1) {
      bytes[i] = time % 256;
      time = Math.floor(time / 256);
    }
    bytes[6] = (bytes[6] & 15) | 112;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };

  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const call = (path, body, headers = {}) =>
    fetch(base + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(state.token && { authorization: `Bearer ${state.token}` }),
        ...headers,
      },
      body: body && JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
    });

  /* One caller asks for the token, all wait for it. */
  const enter = () => {
    session ||= call('session', {})
      .then(async (answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        const given = await answer.json();
        if (given.visitor.split('.')[0] !== (state.token || '').split('.')[0]) seq = 0;
        state.token = given.visitor;
        save();
        if (given.title) head.textContent = given.title;
        if (given.greeting) put('greeting', 'desk', given.greeting);
      })
      .catch((error) => {
        session = null;
        throw error;
      });
    return session;
  };

  /* The outbox is sent in order; the same id makes a repetition harmless. */
  let sending = false;
  const flush = async () => {
    if (sending) return;
    sending = true;
    for (let pause = 1000; state.outbox.length > 0; pause = Math.min(pause * 2, 30000)) {
      const [message] = state.outbox;
      try {
        await enter();
        const answer = await call('messages', message);
        if (answer.status === 401) session = null;
        if (answer.ok || [400, 409, 413].includes(answer.status)) {
          state.outbox.shift();
          save();
          put(message.clientMessageId, 'customer', message.text, answer.ok ? '' : words.failed);
          pause = 500;
          continue;
        }
      } catch {}
      await sleep(pause);
    }
    sending = false;
  };

  let soon = 0;
  const acknowledge = () => {
    clearTimeout(soon);
    soon = setTimeout(tell, 300);
  };
  const tell = () => {
    const how = state.open && document.visibilityState === 'visible' ? 'read' : 'delivered';
    const now = `${how} ${lastDesk}`;
    if (lastDesk === 0 || told === now || told === `read ${lastDesk}`) return;
    told = now;
    call('read', { upTo: lastDesk, state: how }).then(
      (answer) => answer.ok || (told = ''),
      () => (told = ''),
    );
  };

  const receive = (message) => {
    if (message.seq <= seq) return;
    seq = message.seq;
    put(message.clientMessageId || message.seq, message.from, message.text, message.name);
    log.append(rows.get(message.clientMessageId || message.seq));
    for (const waiting of state.outbox) log.append(rows.get(waiting.clientMessageId));
    if (message.from === 'desk') lastDesk = message.seq;
    acknowledge();
  };

  const parse = (block) => {
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('data:')) data += line.slice(5).trim();
      if (line.startsWith('retry:')) retry = Number(line.slice(6)) || retry;
    }
    if (data) receive(JSON.parse(data));
  };

  const listen = async () => {
    await enter();
    const answer = await call('stream', undefined, { 'last-event-id': String(seq) });
    if (answer.status === 401) session = null;
    if (!answer.ok) throw new Error(String(answer.status));
    status.hidden = true;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ''; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop();
      blocks.forEach(parse);
    }
  };

  const stay = async () => {
    for (let tries = 0; ; tries += 1) {
      const began = Date.now();
      await listen().catch(() => {});
      if (Date.now() - began > 10000) tries = 0;
      status.hidden = false;
      await sleep(Math.min(retry * 2 ** Math.min(tries, 4), 30000) * (0.5 + Math.random()));
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    const message = {
      clientMessageId: uuid7(),
      text,
      page: (location.origin + location.pathname).slice(0, 1000),
      language: lang,
    };
    input.value = '';
    state.outbox.push(message);
    save();
    put(message.clientMessageId, 'customer', text, words.wait);
    flush();
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  toggle.addEventListener('click', () => show(panel.hidden));
  document.addEventListener('visibilitychange', acknowledge);

  const mount = () => document.body.append(host);
  if (document.body) mount();
  else document.addEventListener('DOMContentLoaded', mount);
  for (const message of state.outbox)
    put(message.clientMessageId, 'customer', message.text, words.wait);
  show(state.open || script.dataset.open === 'true');
  stay();
  flush();
})();
