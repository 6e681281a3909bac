// Signs in to SharePoint with an app password by two clients of others, and writes the cookies that each got, or its error, as JSON.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const spauth = require('node-sp-auth');
const { RestService } = require('node-spoauth');

const [site, username, password] = process.argv.slice(2);

async function tried(signIn) {
  try {
    return { cookies: await signIn() };
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

// node-spoauth throws where nobody can catch it when an answer is not what it expects.
function bySpoauth() {
  return new Promise((resolve, reject) => {
    process.once('uncaughtException', reject);
    new RestService(site).signin(username, password, (error, cookies) =>
      error ? reject(error) : resolve(`FedAuth=${cookies.FedAuth}; rtFa=${cookies.rtFa}`));
  });
}

const told = {
  'node-sp-auth': await tried(async () => (await spauth.getAuth(site, { username, password, online: true })).headers.Cookie),
  'node-spoauth': await tried(bySpoauth),
};
console.log(JSON.stringify(told));
