// Writes the committed outputs that come from Microsoft's Fluent 2 packages and from htmx: ../css/tokens.css,
// ../css/icons.css and ../vendor/, with the licences. The versions are pinned in package.json.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { webDarkTheme, webLightTheme } from '@fluentui/tokens';
import { icons } from './icons.mjs';

const here = (path) => new URL(path, import.meta.url);
const fromPackage = (path) => here(`node_modules/${path}`);

// Colours of personas and shadows of branded buttons are four tenths of the theme, and nothing here shows either.
const wanted = (name) => !/^colorPalette|^shadow\d+Brand$/.test(name);

function declarations(theme, differsFrom = {}) {
  return Object.entries(theme)
    .filter(([name, value]) => wanted(name) && differsFrom[name] !== value)
    .map(([name, value]) => `--${name}:${value};`)
    .join('\n');
}

function tokens() {
  return `/*! Made by static/generate from @fluentui/tokens (vendor/fluent-LICENSE.txt); do not edit. */
:root{color-scheme:light dark;
${declarations(webLightTheme)}
}
@media (prefers-color-scheme:dark){:root{
${declarations(webDarkTheme, webLightTheme)}
}}
`;
}

// What shows a tone has its icon before its words, and a link that sorts behind them, without an element for it.
const without = {
  ok: '.tone-ok', warn: '.tone-warn', bad: '.tone-bad', info: '.tone-info', mute: '.tone-mute',
  sort: '.sort', 'arrow-up': '[aria-sort=ascending] .sort', 'arrow-down': '[aria-sort=descending] .sort',
};
const selectors = (name) => (without[name] ? `.icon-${name},${without[name]}` : `.icon-${name}`);

async function icon([name, file]) {
  const svg = await readFile(fromPackage(`@fluentui/svg-icons/icons/${file}.svg`), 'utf8');
  // Only these characters need escaping inside a quoted url(); base64 would be a third longer and unreadable in review.
  const data = svg.trim().replaceAll('"', "'").replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('#', '%23');
  return `${selectors(name)}{--icon:url("data:image/svg+xml,${data}")}`;
}

async function iconSheet() {
  const rules = await Promise.all(Object.entries(icons).map(icon));
  return `/*! Made by static/generate from @fluentui/svg-icons: Fluent System Icons, Copyright (c) Microsoft Corporation, MIT License
(vendor/fluent-LICENSE.txt); do not edit. */
${rules.join('\n')}
`;
}

await mkdir(here('../vendor/'), { recursive: true });
await writeFile(here('../css/tokens.css'), tokens());
await writeFile(here('../css/icons.css'), await iconSheet());
const licence = await readFile(fromPackage('@fluentui/tokens/LICENSE'), 'utf8');
await writeFile(here('../vendor/fluent-LICENSE.txt'), `${licence.trim()}\n`);
await copyFile(fromPackage('htmx.org/dist/htmx.min.js'), here('../vendor/htmx.min.js'));
await copyFile(fromPackage('htmx.org/dist/ext/hx-sse.min.js'), here('../vendor/hx-sse.min.js'));
await copyFile(fromPackage('htmx.org/LICENSE'), here('../vendor/htmx-LICENSE.txt'));
