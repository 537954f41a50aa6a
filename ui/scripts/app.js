// Progressive enhancement only: every page reads and works without this file.
import "./form.js";

/** A select in a form marked data-now sends its form as soon as it changes. */
document.addEventListener('change', (event) => {
  const form = event.target instanceof HTMLSelectElement && event.target.closest('form[data-now]');
  if (form) form.requestSubmit();
});

/** data-print prints; the button is shown only where this can work. */
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

/** "/" goes to the search field, as the hint beside it says. */
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input, textarea, select, [contenteditable]')) return;
  const field = document.querySelector('.find input');
  if (field) { event.preventDefault(); field.focus(); }
});

/** The phone's "more" list closes on Escape and when the reader presses elsewhere. */
document.addEventListener('click', (event) => {
  for (const open of document.querySelectorAll('.more details[open]')) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const open of document.querySelectorAll('.more details[open]')) { open.open = false; open.querySelector('summary').focus(); }
});

/** One tab stop for the matrix; arrows, Home and End move inside it; the line below says the cell in words. */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
for (const matrix of document.querySelectorAll('table.matrix')) {
  const rows = [...matrix.tBodies[0].rows].map((row) => [...row.querySelectorAll('td > [data-at]')]);
  const says = matrix.closest('.panel')?.querySelector('.matrix-says');
  const cells = rows.flat();
  cells.filter((cell) => cell.tagName === 'A').forEach((cell, index) => { cell.tabIndex = index === 0 ? 0 : -1; });
  const say = (event) => {
    const cell = event.target.closest?.('[data-at]');
    if (says && cell) says.textContent = cell.getAttribute('aria-label') || cell.textContent;
  };
  matrix.addEventListener('mouseover', say);
  matrix.addEventListener('focusin', say);
  matrix.addEventListener('keydown', (event) => {
    const here = event.target.closest('[data-at]');
    if (!here) return;
    const row = rows.findIndex((line) => line.includes(here));
    const column = rows[row].indexOf(here);
    let next;
    if (event.key === 'Home') next = rows[row][0];
    else if (event.key === 'End') next = rows[row][rows[row].length - 1];
    else if (STEPS[event.key]) next = rows[row + STEPS[event.key][0]]?.[column + STEPS[event.key][1]];
    if (!next) return;
    event.preventDefault();
    here.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}
