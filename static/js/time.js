// Times such as "12 minutes ago" go on by themselves, in the words of package words. Each, or the list around it, says when it was so by the server's clock:
// this one's may be another.
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const shown = new WeakMap(); // of each time: what the server's clock said, and when this one saw it

function counted(seconds, unit, noun) {
  const count = Math.floor(seconds / unit);
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

function span(seconds) {
  if (seconds < hour) return counted(seconds, minute, 'minute');
  if (seconds < day) return counted(seconds, hour, 'hour');
  if (seconds < 90 * day) return counted(seconds, day, 'day');
  if (seconds < 730 * day) return counted(seconds, 30 * day, 'month');
  return counted(seconds, 365 * day, 'year');
}

function relative(seconds) {
  const away = Math.abs(seconds);
  if (away < minute) return 'just now';
  return seconds < 0 ? `${span(away)} ago` : `in ${span(away)}`;
}

// spelled is the exact moment, for a list, whose rows carry it once.
const months = 'January February March April May June July August September October November December'.split(' ');

function spelled(at) {
  const two = (number) => String(number).padStart(2, '0');
  return `${months[at.getUTCMonth()]} ${at.getUTCDate()}, ${at.getUTCFullYear()}, ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;
}

// What is announced when it changes stays as it was announced.
const spoken = '[role=alert], [role=status], [aria-live]';

function goOn() {
  for (const time of document.querySelectorAll('time[data-now], [data-now] time')) {
    const said = time.closest('[data-now]').dataset.now;
    time.title ||= spelled(new Date(time.dateTime));
    let first = shown.get(time);
    if (first?.now !== said) {
      first = { now: said, seen: Date.now() };
      shown.set(time, first);
      continue;
    }
    const now = Number(first.now) * 1000 + Date.now() - first.seen;
    const words = relative((Date.parse(time.dateTime) - now) / 1000);
    if (time.textContent !== words && !time.closest(spoken)) time.textContent = words;
  }
}

document.addEventListener('htmx:after:swap', goOn);
setInterval(goOn, 5000);
goOn();
