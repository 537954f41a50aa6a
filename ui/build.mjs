// Bundles styles/app.css and scripts/app.js, copies htmx, names each by its content, compresses, and writes dist/manifest.json.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const SHEET_LIMIT = 24 * 1024; // ADR 0002: about 6 KB on the wire; past this an own sheet has lost its reason.
const here = (path) => new URL(path, import.meta.url).pathname;

async function bundle(entry) {
  const result = await build({
    entryPoints: [here(entry)], bundle: true, minify: true, write: false, legalComments: 'none',
    charset: 'utf8', target: ['chrome86', 'firefox90', 'safari14'], logLevel: 'warning',
  });
  return Buffer.from(result.outputFiles[0].contents);
}

const files = {
  'app.css': await bundle('styles/app.css'),
  'app.js': await bundle('scripts/app.js'),
  'htmx.js': readFileSync(here('node_modules/htmx.org/dist/htmx.min.js')),
  'icon.svg': readFileSync(here('styles/icon.svg')),
};
if (files['app.css'].length > SHEET_LIMIT) {
  throw new Error(`app.css is ${files['app.css'].length} bytes; the limit is ${SHEET_LIMIT} (docs/adr/0002-own-style-sheet.md)`);
}

rmSync(here('dist'), { recursive: true, force: true });
mkdirSync(here('dist'));
const manifest = {};
for (const [name, bytes] of Object.entries(files)) {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const hashed = `${basename(name, extname(name))}.${hash}${extname(name)}`;
  const packed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  writeFileSync(here(`dist/${hashed}`), bytes);
  writeFileSync(here(`dist/${hashed}.br`), packed);
  manifest[name] = hashed;
  console.log(`${hashed.padEnd(28)} ${String(bytes.length).padStart(7)} B  ${String(packed.length).padStart(6)} B br`);
}
writeFileSync(here('dist/manifest.json'), JSON.stringify(manifest, null, 2));
