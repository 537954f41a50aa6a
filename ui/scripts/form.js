// Forms of records: nothing typed is lost by leaving, and references are looked up while they are typed.

let changed = Boolean(document.querySelector('form[data-guard="changed"]'));
for (const form of document.querySelectorAll('form[data-guard]')) {
  form.addEventListener('input', () => { changed = true; });
  form.addEventListener('submit', () => {
    changed = false;
    // Whoever goes back to what a form was answered with is shown the form: browsers keep no page of ours, and ask for an answer only once.
    history.replaceState(history.state, '', location.href);
  });
}
// Older browsers ask only where there is a return value.
addEventListener('beforeunload', (event) => { if (changed) { event.preventDefault(); event.returnValue = true; } });

// Older browsers focus only controls on their own, and not what is to be read first.
const first = document.querySelector('[autofocus]');
if (first && document.activeElement === document.body) first.focus();

/** data-choices: the address that answers what the words may mean; the answers become the options of the field's list. */
for (const field of document.querySelectorAll('input[data-choices]')) {
  let waiting;
  let asked;
  const ask = async () => {
    const words = field.value.trim();
    if (words === asked) return;
    asked = words;
    const answer = await fetch(`${field.dataset.choices}?q=${encodeURIComponent(words)}`, { headers: { accept: 'application/json' } }).catch(() => null);
    // What was asked since is answered later.
    if (!answer?.ok || words !== asked) return;
    const options = (await answer.json()).map(({ text, place }) => {
      const option = document.createElement('option');
      option.value = text;
      option.label = place ? `${text} · ${place}` : text;
      return option;
    });
    field.list.replaceChildren(...options);
  };
  field.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(ask, 200); });
  field.addEventListener('focus', ask, { once: true });
  // Who types on has not chosen yet.
  const pick = document.getElementById(`pick.${field.name.replace(/^f\./, '')}`);
  if (pick) field.addEventListener('input', () => { pick.value = ''; });
}

/** data-all: what the box in the heading is called that ticks every row of the page. */
for (const form of document.querySelectorAll('form[data-all]')) {
  const rows = [...form.elements].filter((field) => field.name === 'ids');
  const all = document.createElement('input');
  all.type = 'checkbox';
  all.autocomplete = 'off';
  all.setAttribute('aria-label', form.dataset.all);
  const tell = () => {
    const ticked = rows.filter((row) => row.checked).length;
    all.checked = ticked > 0 && ticked === rows.length;
    all.indeterminate = ticked > 0 && ticked < rows.length;
  };
  all.addEventListener('change', () => { for (const row of rows) row.checked = all.checked; });
  for (const row of rows) row.addEventListener('change', tell);
  rows[0]?.closest('table').tHead.rows[0].cells[0].append(all);
  tell();
}
