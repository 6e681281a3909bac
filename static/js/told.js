// The message of the request before is heard, although it came with the page: a voice says only what changes. The row that it speaks
// of takes the focus, and keeps its hint to itself until somebody comes to it by their own choice.
const said = document.getElementById('flash');

const row = document.querySelector('tr[data-told]');
if (row) row.dataset.quiet = '';
row?.querySelector('a')?.focus();
if (said?.childElementCount) {
  setTimeout(() => { if (!said.contains(document.activeElement)) said.replaceChildren(...said.childNodes); }, 500);
}
