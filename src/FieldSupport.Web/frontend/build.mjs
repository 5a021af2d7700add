// Rebuilds the committed front-end files. `node build.mjs` writes; `node build.mjs --check` only compares and fails on a difference.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as sass from 'sass';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', 'wwwroot');
const check = process.argv.includes('--check');
const budget = 30_000; // bytes, gzip: the style sheet

const installed = name => JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8'));
const file = (...parts) => readFileSync(join(here, 'node_modules', ...parts));

const css = Buffer.from(sass.compile(join(here, 'scss', 'fieldsupport.scss'), {
  style: 'compressed',
  charset: false,
  loadPaths: [join(here, 'node_modules')],
  quietDeps: true,
  silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
}).css + '\n');

const outputs = [];
const take = (name, files) => {
  const { version, license } = installed(name);
  for (const [source, target] of files)
    outputs.push({ name, version, licence: license, file: `lib/${name}@${version}/${target}`, bytes: file(name, source) });
};
take('htmx.org', [['dist/htmx.min.js', 'htmx.min.js'], ['LICENSE', 'LICENSE.txt']]);
take('idiomorph', [['dist/idiomorph-ext.min.js', 'idiomorph-ext.min.js'], ['LICENSE', 'LICENSE.txt']]);
take('bootstrap', [['LICENSE', 'LICENSE.txt']]);
outputs.push({ name: 'bootstrap', version: installed('bootstrap').version, licence: 'MIT', file: 'css/fieldsupport.min.css', bytes: css });

const manifest = Buffer.from(JSON.stringify({
  note: 'Written by frontend/build.mjs. The style sheet holds parts of Bootstrap and the product\'s own layer.',
  files: outputs.map(({ bytes, ...entry }) => ({ ...entry, sha256: createHash('sha256').update(bytes).digest('hex') })),
}, null, 2) + '\n');
outputs.push({ file: 'lib/manifest.json', bytes: manifest });

let wrong = 0;
if (!check) rmSync(join(root, 'lib'), { recursive: true, force: true });
for (const { file: path, bytes } of outputs) {
  const target = join(root, path);
  if (check) {
    if (!existsSync(target) || !readFileSync(target).equals(bytes)) { console.error(`differs: ${path}`); wrong++; }
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}
const zipped = gzipSync(css, { level: 9 }).length;
console.log(`style sheet ${css.length} B, ${zipped} B gzip (budget ${budget})`);
if (zipped > budget) { console.error('style sheet over budget'); wrong++; }
process.exit(wrong ? 1 : 0);
