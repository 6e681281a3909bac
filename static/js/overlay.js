// Panes and dialogs: what lies over the page takes the focus, what lies behind it is inert, Escape leads back.
const shell = document.getElementById('shell');
const slot = document.getElementById('pane');
let shown = null;
let opener = null;
let behind = null; // the address of the list as it was when a pane opened over it

// Inert content loses the focus before anybody can ask who had it, so it is remembered on the way.
shell?.addEventListener('focusin', (event) => { opener = event.target; });

function follow() {
  const over = slot?.querySelector('.pane, [data-modal]') ?? null;
  if (shell && over !== shown) {
    shown = over;
    document.querySelectorAll('[data-shell]').forEach((part) => { part.inert = over !== null; });
    if (over?.matches('.pane')) start(over)?.focus();
    else if (!over && opener?.isConnected) opener.focus();
  }
  document.querySelectorAll('dialog[data-modal][open]:not(:modal)').forEach((dialog) => {
    dialog.removeAttribute('open');
    dialog.showModal();
  });
}

// start is where reading begins: at the top where a message stands there, or else at the first field to correct.
function start(pane) {
  const title = pane.querySelector('.pane-title');
  return pane.querySelector('[role=alert]') ? title : pane.querySelector('[aria-invalid=true]') ?? title;
}

// Escape and a press beside a pane close it as its cross does; js/unsaved.js asks first where something is typed.
const busy = () => document.querySelector('dialog:modal, :popover-open') !== null;

function close(event) {
  if (!shown?.matches('.pane')) return;
  event.preventDefault(); // or the same press of Escape closes the question that it brings up
  shown.querySelector('a[data-dismiss]')?.click();
}
document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && !event.defaultPrevented && !busy()) close(event); });
// A press that began inside, such as to mark text, or that closes notes is none beside the pane.
let beside = false;
slot?.addEventListener('pointerdown', (event) => { beside = event.target === slot && !busy(); });
slot?.addEventListener('click', (event) => { if (event.target === slot && beside) close(event); });

// A dialog that the server opened has an address to go back to.
document.addEventListener('cancel', (event) => {
  const back = event.target.querySelector?.('a[data-dismiss]');
  if (!back) return;
  event.preventDefault();
  back.click();
}, { capture: true });

document.addEventListener('htmx:before:history:update', () => { if (!shown) behind = location.href; });

// leave closes a pane or dialog that leads back to the list behind it. The list is there already, so nothing is asked of
// the server and the selected rows stay selected.
function leave(event, link) {
  const list = document.querySelector('[data-behind]');
  if (!list || !slot.contains(link) || new URL(link.href).pathname !== list.dataset.behind) return;
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  // htmx reloads only what bears its mark when somebody goes back in history.
  if (!history.state?.htmx) history.replaceState({ htmx: true }, '');
  history.pushState({ htmx: true }, '', behind ?? link.href);
  behind = null;
  document.title = slot.dataset.title;
  slot.replaceChildren();
}

// [data-dialog] opens a dialog of this page; a [data-dismiss] button in it closes it.
document.addEventListener('click', (event) => {
  const opens = event.target.closest('[data-dialog]');
  if (opens) {
    event.preventDefault();
    document.getElementById(opens.dataset.dialog)?.showModal();
  }
  event.target.closest('button[data-dismiss]')?.closest('dialog')?.close();
  const back = event.target.closest('a[data-dismiss]');
  if (back) leave(event, back);
});

new MutationObserver(follow).observe(document.body, { childList: true, subtree: true });
follow();
