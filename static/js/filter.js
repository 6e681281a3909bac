// A search or another filter changes the list in place: what it has found is said (WCAG 4.1.3), in the words that stand there.
let results = document.getElementById('results');

document.addEventListener('htmx:after:swap', () => {
  const now = document.getElementById('results');
  if (now === results) return;
  results = now;
  const said = document.getElementById('found');
  const found = now?.querySelector('[data-found]');
  if (said && found) said.textContent = found.textContent;
});

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
