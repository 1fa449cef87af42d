// What others do to the case that is shown: it is told beside what is read and typed, and nothing of that is lost.

import { askAgain } from './api.js';
import { h, notice } from './dom.js';
import { instant, kActions, kHappened } from './codes.js';
import { watch } from './refresh.js';

// `before` as it is shown, `now` as it has become.
export function tellChange(before, now, reload) {
  const since = now.history.filter((entry) => entry.revision > before.revision);
  const stood = new Map(before.items.map((item) => [item.sequence, item.action]));
  const turned = now.items.filter((item) => item.action !== stood.get(item.sequence));
  const load = h('button', { type: 'button', class: 'primary', onclick: reload }, 'Load the case as it is now');
  notice(h('section', { class: 'card notice' },
    h('h2', {}, 'The case has changed while you were reading it'),
    h('p', {}, 'Nothing of yours was stored, and what you have written stays. Since then:'),
    h('ul', {}, since.map((entry) => h('li', {}, `${instant(entry.at)}: ${kHappened[entry.action] || entry.action}, by ${entry.actor}`)),
      turned.map((item) => h('li', {}, `Item ${item.sequence} is now ${item.action} ${kActions[item.action] || ''}`)),
      now.replacedBy && h('li', {}, 'An update has taken the place of this case.')),
    h('p', { class: 'row' }, load, h('button', { type: 'button', onclick: () => notice() }, 'Later'))));
  return load;
}

// Keeps an eye on the case that was told at that path.
export function watchCase(path, told, reload) {
  const shown = told.data;
  let last = told;
  watch(async (signal) => {
    const now = await askAgain(path, last, signal);
    const isOther = now !== last && (now.data.revision !== last.data.revision || now.data.replacedBy !== last.data.replacedBy);
    last = now;
    if (isOther) tellChange(shown, now.data, reload);
  });
}
