// A picture of every page, at a county desk and on a phone, in both languages, into shots/.
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { closeBrowser, DESK, OFFICE, overflow, PHONE, withPage } from './browser.mjs';
import { startDemo } from './demo.mjs';
import { ACCESS, everyPage } from './pages.mjs';

const out = fileURLToPath(new URL('../shots/', import.meta.url));
const demo = process.env.ANJU_URL ? { url: process.env.ANJU_URL, stop: async () => {} } : await startDemo().catch((why) => {
  console.error(why.message);
  process.exit(3);
});
process.env.ANJU_URL = demo.url;
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

let wide = 0;
async function shoot(name, path, lang, [label, size], as = OFFICE) {
  await withPage({ size, lang, refused: true, as }, async (page) => {
    await page.goto(path + (path.includes('?') ? '&' : '?') + `lang=${lang}`);
    const over = await overflow(page);
    if (over > 0) {
      wide += 1;
      console.log(`${name} ${lang} ${label}: ${over} px wider than the window`);
    }
    await page.screenshot({ path: `${out}${name}.${lang}.${label}.png` });
    await page.screenshot({ path: `${out}${name}.${lang}.${label}.whole.png`, fullPage: true });
  });
}

try {
  let pages;
  await withPage({}, async (page) => { pages = await everyPage(page); });
  pages.missing = '/households/nobody';
  for (const [name, path] of Object.entries(pages)) {
    for (const lang of ['zh-CN', 'en']) {
      for (const size of [['1366x768', DESK], ['360x640', PHONE]]) await shoot(name, path, lang, size);
    }
    console.log(name);
  }
  for (const [name, [as, path]] of Object.entries(ACCESS)) {
    for (const lang of ['zh-CN', 'en']) {
      for (const size of [['1366x768', DESK], ['360x640', PHONE]]) await shoot(name, path, lang, size, as);
    }
    console.log(name);
  }
} finally {
  await closeBrowser();
  await demo.stop();
}
console.log(`pictures are in shots/${wide > 0 ? `; ${wide} are too wide` : ''}`);
