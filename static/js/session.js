// Warns before the session ends (R4), and says so when it has ended. Deadlines are points in time and not timers, because
// timers stand still while a laptop sleeps. The server is asked first, because another tab may have been active.
const dialog = document.getElementById('session');
const second = 1000;
const askAgain = 15 * second;

let limit = 0; // the longest the session may be idle, as far as this page has seen, in seconds
let idleEnd = 0;
let maxEnd = 0;
let state = 'quiet'; // quiet, warning, final (cannot be extended), ended
let dismissed = false; // the person has read the warning and went back to the page
let asked = 0; // when the server was asked last
let timer = 0;

// Whoever signed in again in another tab goes on in this one, with everything that was typed (X14).
const tabs = new BroadcastChannel('session');

function start() {
  // A page that the browser kept knows nothing of the session, and may show somebody's name whose session has ended.
  if ('ask' in dialog.dataset) idleEnd = maxEnd = Infinity;
  else learn({ idle: Number(dialog.dataset.idle), max: Number(dialog.dataset.max) });
  dialog.querySelector('[data-extend]').addEventListener('click', extend);
  dialog.querySelector('[data-back]').addEventListener('click', dismiss);
  dialog.addEventListener('cancel', (event) => { if (state === 'ended') event.preventDefault(); else dismissed = true; });
  // Browsers let a second Escape close any dialog. What lies behind an ended session stays closed.
  dialog.addEventListener('close', () => { if (state === 'ended') dialog.showModal(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) check(true); });
  window.addEventListener('focus', () => { if (state === 'ended') check(true); });
  tabs.addEventListener('message', () => { if (state === 'ended') check(true); });
  tabs.postMessage('signed in');
  window.addEventListener('pageshow', (event) => { if (event.persisted) check(true); });
  check('ask' in dialog.dataset);
}

function learn(answer) {
  limit = Math.max(limit, answer.idle);
  idleEnd = Date.now() + answer.idle * second;
  maxEnd = Date.now() + answer.max * second;
}

const left = () => Math.min(idleEnd, maxEnd) - Date.now();
// Two minutes, or half of a limit too short for that.
const ahead = () => Math.min(120, limit / 2) * second;
const near = () => left() <= ahead();

// call answers with what the server said: 'ended', or true when the session goes on, or false when nobody answered.
async function call(method, path) {
  asked = Date.now();
  try {
    const response = await fetch(path, { method, headers: { Accept: 'application/json' }, cache: 'no-store' });
    if (response.status === 401) return 'ended';
    if (!response.ok) return false;
    const answer = await response.json();
    // Somebody else may have signed in meanwhile in another tab; this page is not theirs to see.
    if (answer.signIn !== undefined && answer.signIn !== dialog.dataset.person) return 'ended';
    if (state === 'ended' && answer.signIn === undefined) return 'ended';
    learn(answer);
    return true;
  } catch {
    return false;
  }
}

async function check(woken) {
  clearTimeout(timer);
  const due = Date.now() - asked >= askAgain || left() <= 0;
  let said = true;
  if (woken || (near() && due)) said = await call('GET', '/auth/session');
  if (said === 'ended' || left() <= 0) show('ended');
  else if (!near()) show('quiet');
  else show(maxEnd - idleEnd < 1.5 * second ? 'final' : 'warning');
  plan();
}

// plan looks again when something can have changed: each second while a countdown runs, at least every hour otherwise.
function plan() {
  clearTimeout(timer);
  if (state === 'ended') return;
  const wait = state === 'quiet' ? Math.min(left() - ahead(), 3600 * second) : second;
  timer = setTimeout(check, Math.max(wait, second / 4), false);
}

function show(next) {
  const changed = next !== state;
  state = next;
  if (changed) {
    dismissed = false;
    for (const part of dialog.querySelectorAll('[data-session]')) part.hidden = !part.dataset.session.split(' ').includes(state);
  }
  if (state === 'quiet') return dialog.close();
  if (state === 'ended') aimSignIn();
  else count();
  if (!dialog.open && !dismissed) dialog.showModal();
  if (changed) dialog.querySelector('.dialog-footer > :not([hidden]) :is(a, button)')?.focus();
}

function dismiss() {
  dismissed = true;
  dialog.close();
}

async function extend() {
  const said = await call('POST', '/auth/extend');
  dialog.querySelector('[data-session=failed]').hidden = said !== false;
  if (said === 'ended') show('ended');
  else if (said) check(false);
}

function aimSignIn() {
  const back = location.pathname + location.search;
  dialog.querySelector('[data-sign-in]').href = `/auth/sign-in?return=${encodeURIComponent(back)}`;
}

// count shows every second and speaks seldom: a voice that counts down drowns the words that matter.
function count() {
  const seconds = Math.max(0, Math.ceil(left() / second));
  dialog.querySelector('.countdown').textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  if ([60, 30, 10].includes(seconds)) dialog.querySelector('[data-said]').textContent = `${seconds} seconds left.`;
}

if (dialog) start();
