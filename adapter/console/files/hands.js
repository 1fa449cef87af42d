// What is redrawn by itself must not move under the reader's hands.

const kStill = 1000;  // ms without a key or a movement
let touched = -kStill;
for (const kind of ['pointermove', 'pointerdown', 'wheel', 'touchmove', 'keydown']) {
  addEventListener(kind, () => { touched = performance.now(); }, { passive: true });
}

// When the hands rest.
export async function still(signal) {
  for (;;) {
    signal.throwIfAborted();
    const left = touched + kStill - performance.now();
    if (left <= 0) return;
    await new Promise((resolve) => { setTimeout(resolve, left); });
  }
}

const isSeen = (element) => {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
};

// Changes the rows of `body` by `work`, and keeps in its place the one that is pointed at, has the focus or is chosen,
// or else the first that is seen; and the focus, which a row that is moved would lose. `stays` tells which rows will
// be there afterwards. At the top of the page, and with a hand on what stands above the rows, those may move.
export function steadily(body, stays, work) {
  const focused = document.activeElement;
  const rows = [...body.rows].filter(stays);
  const held = rows.find((row) => row.matches(':hover')) || rows.find((row) => row.contains(focused));
  const anchor = held || (scrollY > 0 && (rows.find((row) => row.getAttribute('aria-selected') === 'true' && isSeen(row))
    || rows.find(isSeen)));
  const before = anchor && anchor.getBoundingClientRect().top;
  work();
  if (focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  if (anchor) scrollBy(0, anchor.getBoundingClientRect().top - before);
}
