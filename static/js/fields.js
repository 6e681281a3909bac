// A refused form of htmx gets new words below its fields and an outcome on top; the fields stay as they are. This tells
// each control what stands below it, and leads the reader to the outcome.
function tell(notes) {
  const control = document.getElementById(notes.id.replace(/-notes$/, ''));
  if (!control) return;
  const words = [...notes.children].map((part) => part.id).filter(Boolean);
  if (words.length) control.setAttribute('aria-describedby', words.join(' '));
  else control.removeAttribute('aria-describedby');
  const refused = notes.querySelector('.field-error') !== null;
  if (refused) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}

// What became of the Save before is no outcome of this one.
document.addEventListener('htmx:before:request', (event) => {
  if (event.target.matches?.('form[data-busy]')) document.getElementById('outcome')?.replaceChildren();
});

document.addEventListener('htmx:after:swap', (event) => {
  if (!event.target.matches?.('form[data-busy]')) return;
  event.target.querySelectorAll('.notes').forEach(tell);
  const outcome = document.getElementById('outcome');
  if (!outcome?.childElementCount) return;
  outcome.focus({ preventScroll: true });
  outcome.scrollIntoView({ block: 'start' });
});
