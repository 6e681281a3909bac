// Measures the main pages with Lighthouse: in the demo, signed in, on a visit with nothing kept, as a telephone and as a desk see them. It
// prints a table of pages and scores, says what cost points, and fails where a score is below its limit.
//
// `make lighthouse` runs it on the program that it has built. Absolute times drift with the machine, so each page is measured three times
// and the middle counts; on a machine that does other things meanwhile the first column means little.
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import lighthouse, { desktopConfig } from 'lighthouse';
import puppeteer from 'puppeteer-core';

const limits = { performance: 95, accessibility: 100, 'best-practices': 100 };
const shapes = { telephone: undefined, desk: desktopConfig };
const rounds = 3;

// demo starts the program and gives its address, once it is ready.
async function demo(program) {
  const child = spawn(program, ['demo', '--addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [ready, address] = line.split(' ');
    if (ready === 'ready') return { address, stop: () => child.kill('SIGTERM') };
  }
  throw new Error(`${program} did not start`);
}

// signIn does what a person does, so that the browser is inside from then on. Lighthouse keeps its cookies.
async function signIn(page, address) {
  await page.goto(address, { waitUntil: 'networkidle0' });
  await page.locator('aria/Email').fill('admin@purser.test');
  await page.locator('aria/Password').fill('purser-demo');
  await Promise.all([page.waitForNavigation({ waitUntil: 'networkidle0' }), page.locator('aria/Sign in[role="button"]').click()]);
}

// pages are what is measured, by name. The details are those of the first profile of the list.
async function pages(page, address) {
  const details = await page.$eval('#selection td a', link => link.href);
  return {
    list: address + '/service-accounts',
    create: address + '/service-accounts/new',
    details,
    pools: address + '/classic/account-pool',
    help: address + '/help',
    codes: address + '/help/validation-codes',
  };
}

// visit measures a page once. A busy browser now and then loses its own record of a visit; that one is made again.
async function visit(page, address, config) {
  for (let tries = 1; ; tries++) {
    const { lhr } = await lighthouse(address, { logLevel: 'silent', onlyCategories: Object.keys(limits) }, config, page);
    if (lhr.runtimeError && tries < 3) continue;
    if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.message}`);
    if (lhr.finalDisplayedUrl !== address) throw new Error(`${address} leads to ${lhr.finalDisplayedUrl}`);
    return lhr;
  }
}

// measure gives the report whose performance is the middle one.
async function measure(page, address, config) {
  const reports = [];
  for (let round = 0; round < rounds; round++) reports.push(await visit(page, address, config));
  return reports.sort((a, b) => a.categories.performance.score - b.categories.performance.score)[(rounds - 1) / 2];
}

const score = (report, category) => Math.round(report.categories[category].score * 100);

// costs are the audits of a category that took points, each in a line.
function costs(report, category) {
  return report.categories[category].auditRefs
    .map(({ id, weight }) => ({ weight, audit: report.audits[id] }))
    .filter(({ weight, audit }) => weight > 0 && audit.score !== null && audit.score < 1)
    .map(({ audit }) => `    ${audit.id}: ${audit.title} ${audit.displayValue ?? ''}\n${places(audit)}`);
}

// places are the elements or messages that an audit names.
function places(audit) {
  return (audit.details?.items ?? []).slice(0, 5)
    .map(item => '      ' + (item.node?.snippet ?? item.description ?? JSON.stringify(item)) + '\n').join('');
}

// main measures all pages, or those named only.
async function main(program, ...only) {
  const chromium = execFileSync('sh', ['-c', 'command -v "$0"', process.env.CHROMIUM || 'chromium'], { encoding: 'utf8' }).trim();
  const { address, stop } = await demo(program);
  // Chromium refuses its sandbox when root starts it, as in a container.
  const browser = await puppeteer.launch({ executablePath: chromium, args: process.getuid() ? [] : ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await signIn(page, address);
    console.log('| page | seen on a | performance | accessibility | best practices |\n| --- | --- | --- | --- | --- |');
    let low = false;
    for (const [name, at] of Object.entries(await pages(page, address))) {
      if (only.length > 0 && !only.includes(name)) continue;
      for (const [shape, config] of Object.entries(shapes)) {
        const report = await measure(page, at, config);
        console.log(`| ${name} | ${shape} | ${Object.keys(limits).map(category => score(report, category)).join(' | ')} |`);
        for (const [category, limit] of Object.entries(limits)) {
          if (score(report, category) >= limit) continue;
          low = true;
          console.error(`  ${category} of ${name} is below ${limit}:\n${costs(report, category).join('')}`);
        }
      }
    }
    return low ? 1 : 0;
  } finally {
    await browser.close();
    stop();
  }
}

process.exitCode = await main(...process.argv.slice(2));
