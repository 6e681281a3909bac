// A request of htmx may end in something that is no part of a page: a fault, the end of the session, or nothing at all.
// Reading is then left to the browser, which shows what came; after a post the templates of web/layout say what is known.
const own = new Set([409, 422]); // refusals that forms swap in themselves

function read(ctx) {
  location.assign(ctx.request.action);
}

function say(name, text) {
  const place = document.getElementById('outcome') ?? document.getElementById('flash');
  const words = document.querySelector(`template[data-failure=${name}]`)?.content.cloneNode(true);
  if (!words) return;
  words.firstElementChild.setAttribute('role', 'alert');
  if (text) quote(words, new DOMParser().parseFromString(text, 'text/html'));
  place.replaceChildren(words);
  place.scrollIntoView({ block: 'nearest' });
}

// quote takes over the sentence and the reference of the server's fault page.
function quote(words, page) {
  const sentence = page.querySelector('.fault-text')?.textContent;
  const reference = page.querySelector('.fault-reference .mono')?.textContent;
  if (sentence) words.querySelector('[data-words]').textContent = sentence;
  if (!reference) return;
  words.querySelector('[data-reference]').textContent = reference;
  words.querySelector('[data-reference-line]').hidden = false;
}

document.addEventListener('htmx:response:error', (event) => {
  const { ctx } = event.detail;
  if (own.has(ctx.response.status)) return;
  if (ctx.request.method === 'GET') read(ctx);
  else if (ctx.response.status === 401) say('ended');
  else say('refused', ctx.text);
});

document.addEventListener('htmx:error', (event) => {
  const { ctx } = event.detail;
  if (!ctx || ctx.response) return;
  if (ctx.request.method === 'GET') read(ctx);
  else say('silent');
});

// Somebody whose session has ended is led to sign in, which is a page of its own and no part of this one.
document.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail;
  const answer = ctx.response?.raw;
  if (!answer?.redirected || ctx.request.method !== 'GET') return;
  const home = location.pathname.split('/')[1];
  if (new URL(answer.url).pathname.split('/')[1] === home) return;
  event.preventDefault();
  read(ctx);
});
