// Copies the text of a [data-copy] button and says so, to the eye and to a screen reader.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button, 'Copied');
  } catch {
    // The browser may refuse, for instance in a frame or over plain http. The text itself stands on the page.
    say(button, 'Copying was blocked. Select the text instead.');
  }
});

function say(button, words) {
  const said = button.querySelector('[data-copy-said]');
  said.textContent = words;
  said.classList.remove('visually-hidden');
  setTimeout(() => {
    said.textContent = '';
    said.classList.add('visually-hidden');
  }, 4000);
}
