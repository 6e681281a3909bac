// A new daily time begins in the time zone of the browser, which the server does not know. Whoever has chosen one keeps it.
function begin() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of document.querySelectorAll('input[data-zone]')) {
    field.removeAttribute('data-zone');
    if (!zone || field.value !== field.defaultValue) continue;
    field.defaultValue = zone;
    field.value = zone;
  }
}

document.addEventListener('htmx:after:swap', begin);
begin();
