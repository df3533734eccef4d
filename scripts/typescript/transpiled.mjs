// JavaScript of our TypeScript files, kept below .cache/: types are taken out once, not in each of the hundreds of
// processes that the tests run in.
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)
/** Another version of esbuild may write other code. */
const cache = join(root, '.cache', 'transpiled', require('esbuild/package.json').version)

/** The code of a file, made now if the file is newer than what is kept. */
export function transpiled(file) {
  const kept = keptAs(file)
  if (isNew(file, kept)) keep(kept, require('esbuild').transformSync(readFileSync(file, 'utf8'), optionsOf(file)))
  return readFileSync(kept, 'utf8')
}

/** Makes the code of all files below folders of the repository that are new, several at a time. */
export async function transpileAll(...folders) {
  const { transform } = require('esbuild')
  const files = folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, name)))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts') && isNew(file, keptAs(file)))
  await Promise.all(
    files.map(async (file) => keep(keptAs(file), await transform(readFileSync(file, 'utf8'), optionsOf(file)))),
  )
}

function keptAs(file) {
  return join(cache, `${relative(root, file)}.js`)
}

function isNew(file, kept) {
  const known = statSync(kept, { throwIfNoEntry: false })
  return known === undefined || known.mtimeMs <= statSync(file).mtimeMs
}

/** Under its name only once it is whole: other processes read it. */
function keep(kept, { code }) {
  mkdirSync(dirname(kept), { recursive: true })
  const part = `${kept}.${process.pid}`
  writeFileSync(part, code)
  renameSync(part, kept)
}

/** As tsconfig.json and src/page/tsconfig.json have it. */
function optionsOf(file) {
  return {
    loader: file.endsWith('.tsx') ? 'tsx' : 'ts',
    format: 'esm',
    target: 'node20',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: 'inline',
    sourcesContent: false,
    sourcefile: basename(file),
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, target: 'ES2022' } },
  }
}
