// The product's own script. Every page works without it; it swaps parts, refreshes live parts and adds keys.
const root = document.documentElement;
root.classList.add('fs-js');
// In a language other than English the page brings the script's few words along.
const words = JSON.parse(document.querySelector('meta[name="fs-words"]')?.content ?? '{}');
const say = text => words[text] ?? text;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// ---- anti-forgery for htmx: the header comes from a meta element
document.addEventListener('htmx:configRequest', event => {
  const token = document.querySelector('meta[name="fs-antiforgery"]')?.content;
  if (token && event.detail.verb !== 'get') event.detail.headers.RequestVerificationToken = token;
});

// ---- error summary takes the focus; table roles survive the card layout
function settle(within = document) {
  const summary = within.querySelector('.fs-errors[tabindex]');
  if (summary) { summary.focus(); document.title = say('Error: ') + document.title.replace(say('Error: '), ''); }
  for (const table of all('table.fs-table', within)) {
    const role = (selector, name) => { for (const e of all(selector, table)) if (!e.hasAttribute('role')) e.setAttribute('role', name); };
    if (!table.hasAttribute('role')) table.setAttribute('role', 'table');
    role('thead, tbody, tfoot', 'rowgroup'); role('tr', 'row'); role('td', 'cell');
    role('thead th', 'columnheader'); role('tbody th', 'rowheader');
  }
}
settle();
document.addEventListener('htmx:afterSettle', event => settle(event.detail.elt?.parentElement ?? document));

// ---- toasts are put in again after load, or a live region would not speak them
for (const region of all('[data-fs-toasts]')) {
  const waiting = [...region.children];
  region.replaceChildren();
  setTimeout(() => {
    region.append(...waiting);
    for (const toast of waiting) if (toast.dataset.fsStay === undefined) setTimeout(() => { if (!toast.matches(':hover, :focus-within')) toast.remove(); }, 8000);
  }, 150);
}

// ---- clicks: dismiss, copy, dialogs, one open menu at a time
document.addEventListener('click', async event => {
  const at = selector => event.target.closest?.(selector);
  for (const menu of all('details.fs-menu[open], .fs-nav-more > details[open]')) if (!menu.contains(event.target)) menu.open = false;
  let element;
  if ((element = at('[data-fs-dismiss]'))) { element.closest('.fs-toast, .fs-live-bar')?.remove(); return; }
  if ((element = at('[data-fs-copy]'))) {
    const said = element.parentElement.querySelector('output');
    try { await navigator.clipboard.writeText(element.dataset.fsCopy); if (said) said.textContent = say('Copied'); }
    catch { if (said) said.textContent = say('Copy was refused: select the text instead'); }
    if (said) setTimeout(() => { said.textContent = ''; }, 4000);
    return;
  }
  if ((element = at('[data-fs-dialog]'))) {
    const dialog = document.getElementById(element.dataset.fsDialog);
    if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
    return;
  }
  if ((element = at('[data-fs-close]'))) { event.preventDefault(); element.closest('dialog')?.close(); return; }
  if ((element = at('[data-fs-print]'))) { event.preventDefault(); window.print(); return; }
  if ((element = at('[data-fs-keys-switch]'))) { keysOff(!keysAreOff()); }
});

// ---- theme: the server sets the cookie; the page follows at once
document.addEventListener('submit', async event => {
  const form = event.target.closest('form[data-fs-theme]');
  if (!form || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  const body = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' });
    if (answer.type !== 'opaqueredirect' && !answer.ok) throw new Error(String(answer.status));
  } catch { form.removeAttribute('data-fs-theme'); form.requestSubmit(event.submitter); return; }
  root.setAttribute('data-bs-theme', theme);
  for (const button of all('button[name="theme"]', form)) button.setAttribute('aria-pressed', String(button.value === theme));
});

// ---- live parts: morph in place every 60 s while visible; wait while the reader is busy in them
const every = 60_000;
const busy = part => part.contains(document.activeElement) && document.activeElement.matches('input, select, textarea, [contenteditable]')
  || part.querySelector('input:checked[data-fs-select], dialog[open]') !== null;
const clock = () => new Date().toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
const loadedAt = clock();
const seen = new Map();
function bar(part, words, action, label) {
  let line = part.previousElementSibling?.matches('.fs-live-bar') ? part.previousElementSibling : null;
  if (!words) { line?.remove(); return; }
  if (!line) { line = document.createElement('div'); line.className = 'fs-live-bar'; line.setAttribute('role', 'status'); part.before(line); }
  const text = document.createElement('span'); text.textContent = words;
  const button = document.createElement('button'); button.type = 'button'; button.className = 'btn btn-secondary btn-sm'; button.textContent = label;
  button.addEventListener('click', action);
  line.replaceChildren(text, button);
}
function morph(part, fresh) {
  globalThis.Idiomorph.morph(part, fresh, {
    morphStyle: 'outerHTML', ignoreActiveValue: true,
    callbacks: { beforeAttributeUpdated: (name, node) => !(name === 'open' && /^(DETAILS|DIALOG)$/.test(node.tagName)) && !(name === 'role' && node.closest('table')) },
  });
}
async function refresh(part) {
  const address = part.dataset.fsLive || location.href;
  try {
    const answer = await fetch(address, { headers: { 'HX-Request': 'true', 'X-Fs-Live': '1' }, redirect: 'manual' });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(part.id);
    if (!fresh) throw new Error('part missing');
    seen.set(part.id, clock());
    if (busy(part)) { bar(part, say('There are changes.'), () => { bar(part); morph(part, fresh); }, say('Show')); return; }
    bar(part);
    morph(part, fresh);
    settle(document.getElementById(part.id)?.parentElement ?? document);
  } catch {
    bar(part, say('Not refreshed since {0}.').replace('{0}', seen.get(part.id) ?? loadedAt), () => refresh(document.getElementById(part.id)), say('Try again'));
  }
}
const live = () => { if (document.visibilityState === 'visible') for (const part of all('[data-fs-live][id]')) refresh(part); };
if (document.querySelector('[data-fs-live]')) {
  let last = performance.now();
  setInterval(() => { last = performance.now(); live(); }, every);
  document.addEventListener('visibilitychange', () => { if (performance.now() - last > every) { last = performance.now(); live(); } });
}

// ---- keys: g + letter goes, j and k move, Enter opens the link in focus, / searches, ? lists. Off inside fields, and by one switch.
const keysAreOff = () => { try { return localStorage.getItem('fs-keys') === 'off'; } catch { return false; } };
function keysOff(off) {
  try { localStorage.setItem('fs-keys', off ? 'off' : 'on'); } catch { /* private mode: the switch lasts for this page only through the label below */ }
  showSwitch();
}
function showSwitch() { for (const b of all('[data-fs-keys-switch]')) b.textContent = say(keysAreOff() ? 'Turn single keys on' : 'Turn single keys off'); }
showSwitch();
let going = 0;
function step(by) {
  const rows = all('[data-fs-row]').filter(row => row.offsetParent !== null);
  if (!rows.length) return false;
  const now = rows.findIndex(row => row.contains(document.activeElement));
  const row = rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by))];
  const link = row.querySelector('a[href], button') ?? row;
  link.focus();
  row.scrollIntoView({ block: 'nearest' });
  return true;
}
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') for (const menu of all('details.fs-menu[open], .fs-nav-more > details[open]')) { menu.open = false; menu.querySelector('summary').focus(); }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || keysAreOff()) return;
  if (event.target.closest('input, select, textarea, [contenteditable], dialog')) return;
  const key = event.key;
  let done = false;
  if (going && performance.now() - going < 1500) {
    going = 0;
    const link = document.querySelector(`[data-fs-go="${CSS.escape(key)}"]`);
    if (link) { link.click(); done = true; }
  } else if (key === 'g') { going = performance.now(); done = true; }
  else if (key === 'j') done = step(1);
  else if (key === 'k') done = step(-1);
  else if (key === '/') { const box = document.querySelector('main [data-fs-search]') ?? document.querySelector('[data-fs-search]'); if (box) { box.focus(); done = true; } }
  else if (key === '?') { const list = document.getElementById('fs-keys'); if (list?.togglePopover) { list.togglePopover(); done = true; } }
  else {
    const action = document.querySelector(`[data-fs-key="${CSS.escape(key)}"]`);
    if (action) { action.click(); done = true; }
  }
  if (done) event.preventDefault();
});
