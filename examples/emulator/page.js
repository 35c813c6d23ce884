// Shows what has changed every second, and leaves the form above alone.
'use strict';

const live = document.getElementById('live');
const ended = document.getElementById('ended');
let shown = '';

async function follow() {
  try {
    const answer = await fetch('/-/live');
    if (!answer.ok) throw new Error(answer.statusText);
    const text = await answer.text();
    if (text !== shown) live.innerHTML = shown = text; // the server has escaped all that clients sent
    ended.hidden = true;
  } catch {
    ended.hidden = false;
  }
  setTimeout(follow, 1000);
}
follow();
