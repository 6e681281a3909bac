// Keeps addresses short: a filter that filters nothing stays out of them.
function drop(data) {
  for (const [name, value] of [...data]) {
    if (value === '') data.delete(name);
  }
}

document.addEventListener('formdata', (event) => {
  if (event.target.method === 'get') drop(event.formData);
});

document.addEventListener('htmx:config:request', (event) => {
  const { request } = event.detail.ctx;
  if (request.method === 'GET' && request.body) drop(request.body);
});
