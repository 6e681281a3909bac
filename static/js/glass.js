// Moves the code of a break-glass link from behind the # of the address into its field, and out of the address and the history. Nothing
// is sent: a person presses the button.
const field = document.querySelector('[data-glass] input[name=code]');
const code = location.hash.slice(1);
if (field && code) {
  field.value = code;
  history.replaceState(history.state, '', location.pathname);
  field.form.querySelector('button').focus();
}
