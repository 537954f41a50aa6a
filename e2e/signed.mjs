// Signing in as one of the demo's people, without a browser: once for each login and process.
import assert from 'node:assert/strict';

const cookies = new Map();

/** The session cookie of a demo account, as playwright takes it. */
export async function cookieOf(url, login) {
  if (!cookies.has(login)) cookies.set(login, await signIn(url, login));
  return cookies.get(login);
}

async function signIn(url, login) {
  const answer = await fetch(`${url}/sign-in/demo`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ login, next: '/' }),
  });
  const set = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('anju='));
  assert.ok(set, `${login} cannot sign in: ${answer.status}`);
  return { name: 'anju', value: set.slice('anju='.length).split(';')[0], url };
}
