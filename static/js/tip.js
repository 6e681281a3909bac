// Shows the verdict of a row beside the status that was pressed. It is a native popover: Escape and a press elsewhere close it.
const tip = document.getElementById('verdict-tip');
let source = null;

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('.status-link');
  if (link) source = link;
  // What leads on from the verdict leaves it behind.
  if (tip?.contains(event.target) && event.target.closest('a[hx-get]')) tip.hidePopover();
});

document.addEventListener('htmx:after:swap', () => {
  if (!tip || !source || !tip.firstElementChild || tip.matches(':popover-open')) return;
  tip.showPopover({ source });
  tip.focus(); // so that a screen reader says what has opened
  source = null;
});

// The focus goes back to where it came from by itself; the next verdict begins empty.
tip?.addEventListener('toggle', (event) => { if (event.newState === 'closed') tip.replaceChildren(); });
