// Manage Account Pool: the pools as tabs, and nothing that was typed lost without a question. Without script the pools follow
// one another on the page.
const form = document.getElementById('pools');
const unsaved = document.getElementById('unsaved');
let goOn = null; // what was asked for when the question came up

const panels = () => [...document.querySelectorAll('.pool-panel')];
const tabs = () => [...document.querySelectorAll('[data-tab]')];

// show brings one pool to the front. The others stay in the form, hidden.
function show(name, focus) {
  const tab = tabs().find((one) => one.dataset.tab === name);
  if (!tab) return;
  for (const one of tabs()) {
    one.setAttribute('aria-selected', one === tab);
    one.tabIndex = one === tab ? 0 : -1;
  }
  for (const panel of panels()) panel.toggleAttribute('data-current', panel.id === `panel-${name}`);
  for (const field of document.querySelectorAll('[data-tab-value]')) field.value = name;
  if (focus) tab.focus();
  ask();
}

// ask lets the pool in front compare itself with its group, once.
function ask() {
  document.querySelector('.pool-panel[data-current] [data-asks]')?.dispatchEvent(new CustomEvent('shown'));
}

function choose(tab, focus) {
  show(tab.dataset.tab, focus);
  history.replaceState(history.state, '', tab.dataset.address);
}

// A row has something new where a password is typed or a box is not as it came.
function typed(within) {
  return [...within.querySelectorAll('input')].some((field) => {
    if (field.type === 'checkbox') return field.checked !== field.defaultChecked;
    return field.type === 'password' ? field.value !== '' : field.type !== 'hidden' && field.type !== 'radio' && !field.matches('[form]') && field.value !== field.defaultValue;
  });
}

function question(then) {
  goOn = then;
  unsaved.showModal();
}

// turn fetches another page of members into the place of this one.
function turn(href, place) {
  const source = new URL(href, location.href);
  htmx.ajax('GET', `${form.getAttribute('action')}/users${source.search}`, { target: `#${place.id}`, swap: 'outerHTML' })
    .then(() => document.getElementById(`${place.id}-title`)?.focus());
}

function follow(event) {
  const tab = event.target.closest('[data-tab]');
  if (tab) {
    event.preventDefault();
    choose(tab, false);
    return;
  }
  const inner = event.target.closest('#outcome a[href^="#"]');
  if (inner) reveal(inner.hash.slice(1));
  const link = event.target.closest('.pool-users .pager a[href]');
  const place = link?.closest('[data-users]');
  if (place) {
    event.preventDefault();
    if (typed(place)) question(() => turn(link.href, place));
    else turn(link.href, place);
    return;
  }
  const leaves = event.target.closest('a[data-leaves]');
  if (leaves && typed(form)) {
    event.preventDefault();
    question(() => location.assign(leaves.href));
  }
}

// reveal brings the pool to the front in which a refused field stands, and unfolds what it stands in.
function reveal(id) {
  const target = document.getElementById(id);
  const panel = target?.closest('.pool-panel');
  if (panel) show(panel.id.replace('panel-', ''), false);
  target?.closest('details')?.setAttribute('open', '');
}

// Arrow keys, Home and End walk the tabs, as everywhere.
function walk(event) {
  const list = tabs();
  const at = list.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  choose(list.at(to % list.length), true);
}

// How many passwords are typed stands beside Save, which is in view all the time.
function count() {
  const said = document.querySelector('[data-new]');
  const waiting = [...form.querySelectorAll('.pool-password input[type=password]')].filter((field) => field.value !== '').length;
  said.textContent = { 0: '', 1: said.dataset.one }[waiting] ?? `${waiting} ${said.dataset.many}`;
}

// Where a pool was about to be cleared, the next thing to do is to save it or to keep it.
function goOnFrom() {
  if (document.activeElement === document.body) document.querySelector('.pool-panel[data-current] [id^=keep-]')?.focus();
}

// Enter in Group Name validates it; anywhere else in the form it saves.
function enter(event) {
  if (event.key !== 'Enter' || !event.target.dataset?.enter) return;
  event.preventDefault();
  document.getElementById(event.target.dataset.enter)?.click();
}

// The field takes an app password while Enable MFA is on.
function rename(event) {
  if (!event.target.matches('[data-mfa]')) return;
  const field = event.target.closest('tr').querySelector('.pool-password input[type=password]');
  field.ariaLabel = `${event.target.checked ? 'App password' : 'Password'} for ${field.dataset.username}`;
}

// The filters stand in the bar above the members and belong to a form of their own.
function narrow(event) {
  const filter = event.target.form;
  if (!filter?.dataset.narrows || !event.target.matches('select')) return;
  filter.requestSubmit();
}

let pause = 0;
function search(event) {
  const filter = event.target.form;
  if (!filter?.dataset.narrows || event.target.type !== 'search') return;
  clearTimeout(pause);
  pause = setTimeout(() => filter.requestSubmit(), 400);
}

function guard(event) {
  const name = event.target.dataset.narrows;
  const place = name && document.getElementById(`users-${name}`);
  if (!place || !typed(place)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  question(() => { forget(place); event.target.requestSubmit(); });
}

function forget(place) {
  for (const field of place.querySelectorAll('input')) {
    if (field.type === 'password') field.value = '';
    if (field.type === 'checkbox') field.checked = field.defaultChecked;
  }
}

// A command of a pool brings it afresh, without passwords: those that were typed go back into their fields. A pool that was
// saved comes back as it is stored.
let kept = new Map();

function keep(event) {
  kept = new Map();
  const place = event.target.closest?.('.pool-panel') ?? form;
  for (const field of place.querySelectorAll('.pool-password input[type=password]')) {
    if (field.value) kept.set(field.name, field.value);
  }
}

function putBack() {
  for (const [name, value] of kept) {
    const field = form.elements.namedItem(name);
    if (!field || field.value || field.closest('[data-fresh]')) continue;
    field.value = value;
    field.closest('details')?.setAttribute('open', '');
  }
  for (const pool of document.querySelectorAll('[data-fresh]')) pool.removeAttribute('data-fresh');
}

function start() {
  document.addEventListener('click', follow);
  document.addEventListener('keydown', walk);
  document.addEventListener('keydown', enter);
  document.addEventListener('change', narrow);
  document.addEventListener('change', rename);
  document.addEventListener('input', search);
  document.addEventListener('input', count);
  document.addEventListener('submit', guard, { capture: true });
  document.addEventListener('htmx:before:swap', keep);
  document.addEventListener('htmx:after:swap', () => { putBack(); ask(); count(); goOnFrom(); });
  unsaved.querySelector('[data-leave]').addEventListener('click', () => {
    unsaved.close();
    goOn?.();
    goOn = null;
  });
  document.querySelector('[data-chooses]').addEventListener('change', (event) => {
    const go = () => event.target.form.submit();
    if (typed(form)) question(go);
    else go();
  });
  unsaved.addEventListener('close', () => {
    const select = document.querySelector('[data-chooses]');
    if (goOn) select.value = [...select.options].find((option) => option.defaultSelected)?.value ?? select.value;
  });
  const there = location.hash.replace('#panel-', '');
  show(tabs().some((tab) => tab.dataset.tab === there) ? there : tabs().find((tab) => tab.getAttribute('aria-selected') === 'true')?.dataset.tab, false);
  for (const panel of panels()) panel.tabIndex = -1;
  count();
}

// htmx wires the page up when the document is complete.
if (document.readyState === 'complete') start();
else document.addEventListener('DOMContentLoaded', () => setTimeout(start));
