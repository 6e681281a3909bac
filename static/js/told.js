// The message of the request before is heard, although it came with the page: a voice says only what changes. The row that it speaks
// of takes the focus.
const said = document.getElementById('flash');

document.querySelector('tr[data-told] a')?.focus();
if (said?.childElementCount) {
  setTimeout(() => { if (!said.contains(document.activeElement)) said.replaceChildren(...said.childNodes); }, 500);
}
