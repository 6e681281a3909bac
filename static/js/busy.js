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
  button?.setAttribute('aria-busy', 'true');
  working.set(form, button);
}, { capture: true });

function rest() {
  for (const button of working.values()) button?.removeAttribute('aria-busy');
  working.clear();
}

document.addEventListener('htmx:finally:request', rest);
// The browser's Back may bring the page as it was left, with the button still turning.
window.addEventListener('pageshow', rest);
