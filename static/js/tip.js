// Shows the verdict of a row beside the status that was pressed. It is a native popover: Escape and a press elsewhere close it. Without
// script, the link of the row reaches over the status.
const tip = document.getElementById('verdict-tip');
const statuses = '#selection td>p>a';
let source = null;

// A row says once where it leads. Its status is a link too, which says that it opens something.
function lead() {
  for (const status of document.querySelectorAll(statuses)) {
    status.href = status.closest('tr').querySelector('a[href]').getAttribute('href');
    status.ariaHasPopup = 'dialog';
  }
}
document.addEventListener('htmx:after:swap', lead);
lead();

// The verdict alone is beside the details.
document.addEventListener('htmx:config:request', (event) => {
  const { ctx } = event.detail;
  if (!tip || !ctx.sourceElement.matches?.(statuses)) return;
  const [path, query] = ctx.request.action.split('?');
  ctx.request.action = `${path}/verdict${query ? `?${query}` : ''}`;
  Object.assign(ctx, { target: tip, select: '.tip-body', push: 'false' });
});

document.addEventListener('click', (event) => {
  const link = event.target.closest?.(statuses);
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
  const cut = event.target.closest?.('.list td, .list td>:is(p,div)>*');
  if (cut && !cut.title && cut.scrollWidth > cut.clientWidth && !cut.querySelector('[aria-description]')) cut.title = cut.textContent.trim();
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
