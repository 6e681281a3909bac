// Signs in with @azure/identity and reads with Microsoft's SDK for Graph, as a program of somebody else's would, and writes what came
// of it as JSON.
import { ClientSecretCredential, UsernamePasswordCredential } from '@azure/identity';
import { BatchRequestContent, BatchResponseContent, Client, PageIterator } from '@microsoft/microsoft-graph-client';
import { TokenCredentialAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js';

const [tenant, app, daemon, password] = process.argv.slice(2);
const scopes = ['https://graph.microsoft.com/.default'];

function graphOf(credential) {
  return Client.initWithMiddleware({ authProvider: new TokenCredentialAuthenticationProvider(credential, { scopes }) });
}

async function refusal(of) {
  try {
    await of();
  } catch (error) {
    return String(error.errorResponse?.errorCodes ?? error.code ?? '') + ' ' + error.message;
  }
  return '';
}

const person = (name, word = password) => new UsernamePasswordCredential(tenant, app, name, word);
const graph = graphOf(person('svc@contoso.com'));
const asApp = graphOf(new ClientSecretCredential(tenant, daemon, 'good-secret'));

const told = {};
told.me = (await graph.api('/me').select('userPrincipalName,department').get());
told.roles = (await graph.api('/me/transitiveMemberOf/microsoft.graph.directoryRole').header('ConsistencyLevel', 'eventual').count(true).get()).value.map((r) => r.displayName);
told.uncounted = await refusal(() => graph.api('/me/transitiveMemberOf/microsoft.graph.directoryRole').get());
told.found = (await graph.api('/groups').header('ConsistencyLevel', 'eventual').search('"displayName:pool"').get()).value.map((g) => g.displayName);

const group = (await asApp.api('/groups').filter("displayName eq 'AOS Pool'").get()).value[0].id;
told.members = [];
const first = await asApp.api(`/groups/${group}/members`).select('id,userPrincipalName').top(2).get();
await new PageIterator(asApp, first, (member) => told.members.push(member.userPrincipalName)).iterate();

// The parts of a batch have addresses below the version, which Node's own Request does not take.
const part = (url) => ({ url, method: 'GET', headers: new Headers(), body: null });
const batch = new BatchRequestContent([
  { id: '1', request: part('/users/svc@contoso.com') },
  { id: '2', request: part("/users('nobody@contoso.com')") },
]);
const answers = new BatchResponseContent(await asApp.api('/$batch').post(await batch.getContent()));
told.batch = [answers.getResponseById('1').status, answers.getResponseById('2').status];

for (const [name, word] of [['svc@contoso.com', 'wrong'], ['mfa@contoso.com'], ['blocked@contoso.com'], ['nobody@contoso.com'], ['down@contoso.com']]) {
  told[name + (word ?? '')] = await refusal(() => person(name, word).getToken(scopes));
}
told.secret = await refusal(() => new ClientSecretCredential(tenant, daemon, 'wrong').getToken(scopes));
console.log(JSON.stringify(told));
