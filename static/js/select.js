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
  for (const button of document.querySelectorAll('[data-needs]')) {
    button.disabled = button.dataset.needs === 'one' ? count !== 1 : count === 0;
  }
  const every = document.querySelector('[data-select-all]');
  if (!every) return;
  every.checked = count > 0 && count === all.length;
  every.indeterminate = count > 0 && count < all.length;
}

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-select-all]')) {
    for (const row of rows()) row.checked = event.target.checked;
  }
  if (event.target.closest('#selection')) follow();
});

document.addEventListener('htmx:after:swap', follow);
// The browser may bring back what was ticked before a reload, after this script has run.
window.addEventListener('pageshow', follow);
follow();
