// Shows on the pressed button that a form[data-busy] is being worked on, and drops a second press. The page that answers
// a plain form brings a fresh button; htmx says when it has finished.
const working = new Map();

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-busy]')) return;
  if (working.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const button = event.submitter ?? form.querySelector('[type=submit]');
  mark(form, button, 'true');
  working.set(form, button);
}, { capture: true });

function mark(form, button, busy) {
  for (const element of [form, button]) {
    if (busy) element?.setAttribute('aria-busy', busy);
    else element?.removeAttribute('aria-busy');
  }
}

function rest() {
  for (const [form, button] of working) mark(form, button, null);
  working.clear();
}

// A page that is on its way brings a fresh form; until it is here, this one stays shut.
document.addEventListener('htmx:finally:request', (event) => {
  const said = event.detail.ctx.hx;
  if (!said?.redirect && !said?.refresh) rest();
});
// The browser's Back may bring the page as it was left, with the button still turning.
window.addEventListener('pageshow', rest);
