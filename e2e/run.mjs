// Starts a demo, runs the journeys against it, ends with their result. `node run.mjs overview` runs only the files whose name contains the word.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startDemo } from './demo.mjs';

const folder = fileURLToPath(new URL('journeys/', import.meta.url));
const word = process.argv[2] ?? '';
const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs') && name.includes(word)).map((name) => folder + name);
if (files.length === 0) {
  console.error(`no journey is called ${word}`);
  process.exit(2);
}

const demo = process.env.ANJU_URL ? { url: process.env.ANJU_URL, stop: async () => {} } : await startDemo().catch(cannot);
const tests = spawn(process.execPath, ['--test', '--test-concurrency=2', '--test-reporter=spec', ...files], {
  stdio: 'inherit', env: { ...process.env, ANJU_URL: demo.url },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => tests.kill(signal));
const code = await new Promise((resolve) => tests.once('close', (status) => resolve(status ?? 1)));
await demo.stop();
process.exit(code);

function cannot(why) {
  console.error(why.message);
  process.exit(3);
}
