/**
 * Tries single changes of the sources and tells which of them no test notices. Not part of the gate: it takes minutes a
 * folder. The same seed tries the same changes.
 *
 *     npm run mutation                              a sample of every folder
 *     npm run mutation -- http jobs                 of these
 *     npm run mutation -- --sample 40 --seed 7 train
 *     npm run mutation -- --own train               against the tests in that folder alone: quick, and fewer are noticed
 */
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { MutantResult } from '@stryker-mutator/api/core'
import { Stryker } from '@stryker-mutator/core'
import { build } from 'esbuild'
import { excludedMutations, sampledPlaces, sourcesIn } from './mutation-sample.js'

/** Tests that run in their own process, so that it is known which lines they execute. */
const testFolders = ['src', 'test/contracts', 'test/golden', 'test/invariants']
/** Packing, and files of other programs: they say nothing of a changed line. */
const withoutSources = /^test\/contracts\/(package|compose|docs|kubernetes|monitoring)\.test\.ts$/
/** Percent of the changes that a folder's tests have to notice. */
const goal = 85

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '25' },
    seed: { type: 'string', default: '1' },
    own: { type: 'boolean', default: false },
  },
})
const folders =
  positionals.length > 0
    ? positionals
    : readdirSync('src', { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

const sourcesOf = await importsOfTests()
for (const folder of folders) {
  try {
    await tryFolder(folder)
  } catch (error) {
    // Usually a test that fails without any change: the other folders can still be tried.
    console.log(`${folder}: not tried: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}

/** The folder's own tests come first: what they notice need not be shown to all that import the folder. */
async function tryFolder(folder: string): Promise<void> {
  const places = await sampledPlaces(folder, Number(values.sample), Number(values.seed))
  const isOwn = (test: string) => test.startsWith(join('src', folder, '/'))
  const own = await run(
    places,
    testsOf(places).filter((test) => isOwn(test)),
  )
  const missed = own.size === 0 ? places : [...own.values()].filter((one) => !isNoticed(one)).map(placeOfResult)
  const others = values.own
    ? new Map<string, MutantResult>()
    : await run(
        missed,
        testsOf(missed).filter((test) => !isOwn(test)),
      )
  const all = [...new Set([...own.keys(), ...others.keys()])].map((key) => {
    const [first, second] = [own.get(key), others.get(key)]
    return second !== undefined && (first === undefined || isNoticed(second)) ? second : first!
  })
  if (all.length === 0) console.log(`${folder}: nothing to change, or no test imports it`)
  else report(folder, all)
}

/** The tests that import one of the files of these places. */
function testsOf(places: readonly string[]): readonly string[] {
  const changed = new Set(places.map((place) => place.slice(0, place.indexOf(':'))))
  return [...sourcesOf].flatMap(([test, sources]) => (sources.some((file) => changed.has(file)) ? [test] : []))
}

/** The sources that each test file imports, directly or not. */
async function importsOfTests(): Promise<ReadonlyMap<string, readonly string[]>> {
  const tests = testFolders
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))))
    .filter((file) => file.endsWith('.test.ts') && !withoutSources.test(file))
  const known = new Set(readdirSync('src').flatMap((folder) => (folder.includes('.') ? [] : sourcesIn(folder))))
  // One build of all, so that a source is read once; what it would write serves only as a key of its inputs.
  const { metafile } = await build({
    entryPoints: tests.sort(),
    outdir: '.',
    outbase: '.',
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  })
  return new Map(
    Object.values(metafile.outputs).flatMap(({ entryPoint, inputs }) =>
      entryPoint === undefined ? [] : [[entryPoint, Object.keys(inputs).filter((file) => known.has(file))]],
    ),
  )
}

/** What became of each change, by its place and replacement. */
async function run(
  mutate: readonly string[],
  testFiles: readonly string[],
): Promise<ReadonlyMap<string, MutantResult>> {
  if (mutate.length === 0 || testFiles.length === 0) return new Map()
  const stryker = new Stryker({
    mutate: [...mutate],
    mutator: { plugins: [], excludedMutations },
    plugins: ['@stryker-mutator/tap-runner'],
    testRunner: 'tap',
    tap: {
      testFiles: [...testFiles],
      nodeArgs: ['--import', './scripts/typescript/register.mjs', '--test-reporter=tap'],
      forceBail: true,
    },
    // It would rewrite paths with the programming interface of TypeScript, which version 7 does not have.
    tsconfigFile: 'none',
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 30_000,
    dryRunTimeoutMinutes: 30,
    reporters: [],
    // What no unit test reads; sandboxes are copies.
    ignorePatterns: ['dist', 'bench', 'deploy/grafana', 'test/integration', 'test/e2e', 'test/conformance'],
    allowConsoleColors: false,
    fileLogLevel: 'off',
    logLevel: 'error',
    tempDirName: '.cache/mutation',
  } as ConstructorParameters<typeof Stryker>[0])
  const results = await stryker.runMutationTest()
  return new Map(results.map((one) => [`${placeOfResult(one)} ${one.replacement}`, one]))
}

function isNoticed({ status }: MutantResult): boolean {
  return status === 'Killed' || status === 'Timeout'
}

/** A result counts lines and columns from 1; the setting counts columns from 0. */
function placeOfResult({ fileName, location: { start, end } }: MutantResult): string {
  return `${relative('.', fileName)}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`
}

function report(folder: string, results: readonly MutantResult[]): void {
  const counted = results.filter(({ status }) => !['Ignored', 'CompileError', 'RuntimeError'].includes(status))
  const noticed = counted.filter(isNoticed)
  const percent = counted.length === 0 ? 100 : (100 * noticed.length) / counted.length
  console.log(`${folder}: ${noticed.length} of ${counted.length} noticed, ${percent.toFixed(1)} %`)
  for (const one of counted) {
    if (isNoticed(one)) continue
    const { fileName, location, mutatorName, replacement, status } = one
    const place = `${relative('.', fileName)}:${location.start.line}:${location.start.column}`
    const change = (replacement ?? '').replace(/\s+/g, ' ').slice(0, 100)
    console.log(`  ${status === 'NoCoverage' ? 'not run ' : ''}${place} ${mutatorName}: ${change}`)
  }
  if (percent < goal) process.exitCode = 1
}
