// A demo server of one's own: fresh data in a temporary folder, a free port, gone afterwards.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.ANJU ?? fileURLToPath(new URL('../target/release/anju', import.meta.url));
const PATIENCE_MS = 120_000;

/** Starts `anju demo` and resolves to { url, stop } once it has printed its address. */
export async function startDemo() {
  const data = mkdtempSync(join(tmpdir(), 'anju-e2e-'));
  const server = spawn(BINARY, ['demo', '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => server.once('close', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    const patience = setTimeout(() => server.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(patience);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    return { url: await address(server), stop };
  } catch (why) {
    await stop();
    throw why;
  }
}

function address(server) {
  return new Promise((resolve, reject) => {
    let said = '';
    const patience = setTimeout(() => reject(new Error(`no address within ${PATIENCE_MS / 1000} s; it said:\n${said}`)), PATIENCE_MS);
    const hear = (bytes) => {
      said += bytes;
      const found = said.match(/http:\/\/127\.0\.0\.1:([1-9]\d*)/);
      if (!found) return;
      clearTimeout(patience);
      resolve(found[0]);
    };
    server.stdout.on('data', hear);
    server.stderr.on('data', hear);
    server.once('error', (why) => reject(new Error(`cannot start ${BINARY}: ${why.message}; run \`make build\``)));
    server.once('close', (code) => { clearTimeout(patience); reject(new Error(`anju demo ended with ${code}; it said:\n${said}`)); });
  });
}
