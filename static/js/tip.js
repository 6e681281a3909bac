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

// What an ellipsis cuts off stands in the title of what was cut.
document.addEventListener('mouseover', (event) => {
  const cut = event.target.closest?.('.list td, .line > *');
  if (cut && !cut.title && cut.scrollWidth > cut.clientWidth && !cut.querySelector('.hint')) cut.title = cut.textContent.trim();
});

// Escape takes the hint of a row away until the pointer and the focus have left the row (WCAG 1.4.13).
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const row of document.querySelectorAll('.list tbody tr:is(:hover, :focus-within)')) row.dataset.quiet = '';
});

for (const left of ['mouseout', 'focusout']) {
  document.addEventListener(left, (event) => {
    const row = event.target.closest?.('[data-quiet]');
    if (row && !row.contains(event.relatedTarget)) delete row.dataset.quiet;
  });
}
