// An OpenID provider of another make than the demo's, for tests: panva's oidc-provider on a loopback port.
//
// What it knows stands in the environment variable FOREIGN, as JSON: {"clients": [metadata], "people": {"LOGIN": {claims}}}. It prints
// "ready ISSUER" when it listens. Beside what OpenID Connect asks for, POST /_test/rotate gives it a new signing key and withdraws the
// former, and POST /_test/people replaces the people.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const settings = JSON.parse(process.env.FOREIGN);
const cookieKeys = [randomBytes(32).toString('hex')];
let people = settings.people;
let current;

const account = (login) => people[login] && { accountId: login, claims: async () => ({ sub: login, ...people[login] }) };

function provider(issuer) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomBytes(8).toString('hex') };
  return new Provider(issuer, {
    clients: settings.clients,
    jwks: { keys: [key] },
    cookies: { keys: cookieKeys },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'roles'], email: ['email'] },
    conformIdTokenClaims: false, // the ID token itself holds the roles
    pkce: { required: () => true },
    findAccount: (_, login) => account(login),
  }).callback();
}

async function body(request) {
  let text = '';
  for await (const part of request) text += part;
  return text;
}

const server = createServer(async (request, response) => {
  const control = request.method === 'POST' && request.url;
  if (control === '/_test/rotate') {
    current = provider(server.issuer);
    response.end();
  } else if (control === '/_test/people') {
    people = JSON.parse(await body(request));
    response.end();
  } else {
    current(request, response);
  }
});

server.listen(0, '127.0.0.1', () => {
  server.issuer = `http://127.0.0.1:${server.address().port}`;
  current = provider(server.issuer);
  console.log(`ready ${server.issuer}`);
});
