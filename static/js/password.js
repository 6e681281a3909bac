// Marks the password rules while somebody types (R16). What counts is what the server says; this only says it sooner.
const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[@#$%^&*\-_!+=[\]{}]/];

// Each rule of web/profiles by its id: true where a password keeps it.
const keeps = {
  short: (password) => [...password].length >= 8,
  long: (password) => [...password].length <= 256,
  ascii: (password) => [...password].every((sign) => sign.codePointAt(0) < 128),
  control: (password) => [...password].every((sign) => sign >= ' ' && sign !== '\u007f'),
  ends: (password) => password.trim() === password,
  sixteen: (password) => [...password].length <= 16,
  characters: (password) => /^[A-Za-z0-9@#$%^&*\-_!+=[\]{} ]*$/.test(password),
  blanks: (password) => !password.includes(' '),
  kinds: (password) => kinds.filter((kind) => kind.test(password)).length >= 3,
  dot: (password) => !password.includes('.@'),
};

let speaking = 0;

function mark(rule, password) {
  const keep = keeps[rule.dataset.rule];
  if (!keep) return true;
  const kept = password === '' || keep(password);
  const broken = 'refuse' in rule.dataset ? 'bad' : 'warn';
  const icon = password === '' ? 'mute' : kept ? 'ok' : broken;
  rule.querySelector('.icon').className = `icon icon-${icon}`;
  rule.dataset.mark = icon;
  rule.querySelector('[data-state]').textContent = password === '' ? '' : kept ? 'met' : 'not met';
  return kept;
}

// A voice hears what is wrong after a pause, not at each key.
function speak(list, broken) {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    list.closest('.field').querySelector('[data-rules-said]').textContent = broken.join('. ');
  }, 1200);
}

// The rules are folded behind how many are met; what is not met shows all the same.
function count(list, typed, broken) {
  const title = list.closest('details').querySelector('[data-rules-met]');
  const all = list.children.length;
  title.textContent = typed ? `${all - broken.length} of ${all} met` : title.dataset.rulesMet;
}

function check(field) {
  const list = document.getElementById(field.dataset.rules);
  if (!list) return;
  const broken = [...list.children].filter((rule) => !mark(rule, field.value));
  count(list, field.value !== '', broken);
  speak(list, broken.map((rule) => `Not met: ${rule.children[1].textContent.trim()}`));
}

document.addEventListener('input', (event) => {
  if (event.target.matches('[data-rules]')) check(event.target);
});
