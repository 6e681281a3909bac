// Rows that are selected: how many, all of them at once, and which commands they allow. Without script every command is
// open and the server says what it needs.
function rows() {
  return [...document.querySelectorAll('#selection tbody input[type=checkbox]')];
}

function follow() {
  const all = rows();
  const count = all.filter((row) => row.checked).length;
  const said = document.querySelector('[data-selected]');
  if (said) said.textContent = count ? `${count} selected` : '';
  said?.closest('.bar').toggleAttribute('data-selecting', count > 0);
  for (const button of document.querySelectorAll('[data-needs]')) {
    button.disabled = button.dataset.needs === 'one' ? count !== 1 : count === 0;
  }
  const every = document.querySelector('[data-select-all]');
  if (!every) return;
  every.checked = count > 0 && count === all.length;
  every.indeterminate = count > 0 && count < all.length;
}

function selectAll(checked) {
  for (const row of rows()) row.checked = checked;
}

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-select-all]')) selectAll(event.target.checked);
  if (event.target.closest('#selection')) follow();
});

// The button goes with the selection; what follows in the order of keys takes the focus.
document.addEventListener('click', (event) => {
  if (!event.target.closest?.('[data-clear]')) return;
  selectAll(false);
  follow();
  document.querySelector('[data-select-all]')?.focus();
});

document.addEventListener('htmx:after:swap', follow);
// The browser may bring back what was ticked before a reload, after this script has run.
window.addEventListener('pageshow', follow);
follow();
