// Looks by itself for what has changed: while the page is visible, at once when it is visible again, slower after
// failures, and never beside a request of the reader's own.

const kEvery = 15000;  // ms
const kSlowest = 240000;
const kPatience = 30000;  // with one look

let look;  // of what is shown: (signal) => Promise
let every = kEvery;
let under;  // the AbortController of the look that is under way
let timer;
let failures = 0;
let own = 0;  // requests of the reader's own that are under way
let seen = new Date();  // when what is shown was true

function tell(text) {
  const place = document.getElementById('freshness');
  if (place.textContent !== text) place.textContent = text;  // a live region: not told twice
}

function later() {
  clearTimeout(timer);
  if (look && !own && !document.hidden) timer = setTimeout(lookNow, Math.min(every * 2 ** failures, kSlowest));
}

async function lookNow() {
  clearTimeout(timer);
  if (!look || under || own || document.hidden) return;
  const mine = new AbortController();
  under = mine;
  try {
    await look(AbortSignal.any([mine.signal, AbortSignal.timeout(kPatience)]));
    failures = 0;
    seen = new Date();
    tell('');
  } catch (error) {
    if (mine.signal.aborted) return;
    failures += 1;
    tell(`This is of ${seen.toLocaleTimeString(undefined, { timeStyle: 'short' })}. ${error.message} It is tried again.`);
    if (error.status === undefined) throw error;  // not the adapter's: a fault of the page
  } finally {
    if (under === mine) {
      under = undefined;
      later();
    }
  }
}

function stop() {
  clearTimeout(timer);
  under?.abort();
  under = undefined;
}

// From now on by `next`, or not at all without one.
export function watch(next, period = kEvery) {
  stop();
  look = next;
  every = period;
  failures = 0;
  seen = new Date();
  tell('');
  later();
}

// A request of the reader's own: a look that is under way is given up for it.
export async function alone(work) {
  own += 1;
  stop();
  try {
    return await work();
  } finally {
    own -= 1;
    later();
  }
}

document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : lookNow()));
