// Nothing that somebody typed into a form is lost without a question (X16): the browser asks before a page is left or loaded again,
// and our own dialog before Close, Cancel, Escape or the way back closes a pane.
const touched = new Set(); // forms that somebody typed into
const unsaved = new Set(); // those of them that were sent and came back, whatever their fields began with
let here = null; // the address and state of the page that was typed into
let leaving = false;
let goOn = null; // what was asked for when the question came up

// typed reports whether a field below is not as it came.
function typed(within) {
  return [...within.querySelectorAll('input, textarea, select')].some((field) => {
    if (field.matches('[type=checkbox], [type=radio]')) return field.checked !== field.defaultChecked;
    if (field.matches('select')) return [...field.options].some((option) => option.selected !== option.defaultSelected && option.value !== '');
    return !field.matches('[type=hidden], [type=file]') && field.value !== field.defaultValue;
  });
}

const dirty = () => [...touched].some((form) => form.isConnected && (unsaved.has(form) || typed(form)));

function forget() {
  touched.clear();
  unsaved.clear();
}

// release lets the page be left for once. Where it is not left after all, the next time asks again.
function release() {
  leaving = true;
  setTimeout(() => { leaving = false; }, 1000);
}

function touch(event) {
  const form = event.target.form;
  if (form?.method !== 'post' || event.target.type === 'file') return;
  leaving = false;
  touched.add(form);
  here = { state: history.state, href: location.href };
}
document.addEventListener('input', touch);
document.addEventListener('change', touch);

// A form that is sent as a page takes with it what it holds; one of htmx that leads on was saved, and any other came back.
document.addEventListener('submit', (event) => { if (!event.defaultPrevented && touched.has(event.target)) release(); });
document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = event.detail;
  if (ctx.hx?.redirect || ctx.hx?.refresh) forget();
  const form = ctx.sourceElement?.form ?? ctx.sourceElement?.closest?.('form');
  if (ctx.request.method === 'POST' && touched.has(form)) unsaved.add(form);
});

// ask leads away from what was typed, after a question where something would be lost.
function ask(then) {
  const question = document.getElementById('unsaved');
  if (!question) {
    then();
    return;
  }
  goOn = then;
  question.showModal();
}

const plain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;

document.addEventListener('click', (event) => {
  const away = event.target.closest?.('a[data-dismiss]');
  if (away && plain(event) && dirty()) {
    event.preventDefault();
    event.stopPropagation();
    ask(() => away.click());
    return;
  }
  if (goOn && event.target.closest?.('#unsaved [data-leave]')) {
    const then = goOn;
    forget();
    document.getElementById('unsaved').close();
    then();
  }
  if (event.target.closest?.('a[data-dismiss], form a.button:not([data-leaves]), [data-leave]')) release();
}, { capture: true });

document.addEventListener('close', (event) => { if (event.target.id === 'unsaved') goOn = null; }, { capture: true });

window.addEventListener('beforeunload', (event) => { if (!leaving && dirty()) event.preventDefault(); });

// Back within the page has happened when htmx is about to load what was there, so staying means going to the form's address again.
document.addEventListener('htmx:before:history:restore', (event) => {
  if (leaving || !dirty()) return;
  event.preventDefault();
  history.pushState(here.state, '', here.href);
  ask(() => history.back());
});

// A whole page that came back refused holds what was typed before.
const status = performance.getEntriesByType('navigation')[0]?.responseStatus;
if (status === 422 || status === 409) {
  here = { state: history.state, href: location.href };
  for (const form of document.querySelectorAll('form[method=post][data-busy]')) {
    touched.add(form);
    unsaved.add(form);
  }
}
