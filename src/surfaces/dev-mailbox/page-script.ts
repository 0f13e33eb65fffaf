/** What mails hold is set as text only, never as markup. */
export const MAILBOX_SCRIPT = `'use strict';
const list = document.getElementById('mails');
const template = document.getElementById('mail');
const empty = document.getElementById('empty');
const status = document.getElementById('status');
const EVERY_MS = 2000;
let shown = '';

function say(text, state) {
  status.dataset.state = state;
  if (status.textContent !== text) status.textContent = text;
}

async function copy(button, code) {
  try {
    await navigator.clipboard.writeText(code);
    button.textContent = 'Copied';
  } catch {
    const range = document.createRange();
    range.selectNodeContents(button.previousElementSibling);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
}

function row(mail) {
  const item = template.content.cloneNode(true);
  item.querySelector('.to').textContent = mail.to;
  item.querySelector('.subject').textContent = mail.subject;
  const time = item.querySelector('time');
  time.dateTime = mail.at;
  time.textContent = new Date(mail.at).toLocaleTimeString([], { hourCycle: 'h23' });
  time.title = new Date(mail.at).toLocaleString();
  if (mail.code) {
    const button = item.querySelector('button');
    item.querySelector('.code').hidden = false;
    item.querySelector('output').textContent = mail.code;
    button.setAttribute('aria-label', 'Copy the code for ' + mail.to);
    button.addEventListener('click', () => copy(button, mail.code));
  }
  if (mail.link && /^https?:/.test(mail.link)) {
    const link = item.querySelector('.link');
    link.hidden = false;
    link.href = mail.link;
    link.textContent = mail.link;
  }
  return item;
}

async function look() {
  try {
    const answer = await fetch('/dev/mailbox/messages', { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    const mails = JSON.parse(text);
    if (text !== shown) {
      shown = text;
      list.replaceChildren(...mails.map(row));
    }
    empty.hidden = mails.length > 0;
    say(mails.length + (mails.length === 1 ? ' mail' : ' mails') + ' · live', 'live');
  } catch {
    say('The app does not answer. Trying again…', 'lost');
  }
  setTimeout(look, EVERY_MS);
}

look();
`;
