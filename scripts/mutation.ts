/**
 * Tries single changes of the sources and tells which of them no test notices. Not part of the gate: it takes minutes a
 * folder. The same seed tries the same changes.
 *
 *     npm run mutation                              a sample of every folder
 *     npm run mutation -- http jobs                 of these
 *     npm run mutation -- --sample 40 --seed 7 train
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
const withoutSources = /^test\/contracts\/(package|compose|kubernetes|monitoring)\.test\.ts$/
/** Percent of the changes that a folder's tests have to notice. */
const goal = 85

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string', default: '25' }, seed: { type: 'string', default: '1' } },
})
const folders =
  positionals.length > 0
    ? positionals
    : readdirSync('src', { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

const sourcesOf = await importsOfTests()
for (const folder of folders) {
  const mutate = await sampledPlaces(folder, Number(values.sample), Number(values.seed))
  const own = new Set(mutate.map((place) => place.slice(0, place.indexOf(':'))))
  const tests = [...sourcesOf].flatMap(([test, sources]) => (sources.some((file) => own.has(file)) ? [test] : []))
  if (mutate.length === 0 || tests.length === 0) {
    console.log(`${folder}: nothing to change, or no test imports it`)
    continue
  }
  report(folder, await run(mutate, tests))
}

/** The sources that each test file imports, directly or not. */
async function importsOfTests(): Promise<ReadonlyMap<string, readonly string[]>> {
  const tests = testFolders
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))))
    .filter((file) => file.endsWith('.test.ts') && !withoutSources.test(file))
  const known = new Set(readdirSync('src').flatMap((folder) => (folder.includes('.') ? [] : sourcesIn(folder))))
  const imports = new Map<string, readonly string[]>()
  for (const test of tests.sort()) {
    const options = { bundle: true, write: false, metafile: true, packages: 'external', platform: 'node' } as const
    const { metafile } = await build({ entryPoints: [test], format: 'esm', logLevel: 'silent', ...options })
    imports.set(
      test,
      Object.keys(metafile.inputs).filter((file) => known.has(file)),
    )
  }
  return imports
}

function run(mutate: readonly string[], testFiles: readonly string[]): Promise<readonly MutantResult[]> {
  const stryker = new Stryker({
    mutate: [...mutate],
    mutator: { plugins: [], excludedMutations },
    plugins: ['@stryker-mutator/tap-runner'],
    testRunner: 'tap',
    tap: { testFiles: [...testFiles], nodeArgs: ['--import', 'tsx', '--test-reporter=tap'], forceBail: true },
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
  return stryker.runMutationTest()
}

function report(folder: string, results: readonly MutantResult[]): void {
  const counted = results.filter(({ status }) => !['Ignored', 'CompileError', 'RuntimeError'].includes(status))
  const noticed = counted.filter(({ status }) => status === 'Killed' || status === 'Timeout')
  const percent = counted.length === 0 ? 100 : (100 * noticed.length) / counted.length
  console.log(`${folder}: ${noticed.length} of ${counted.length} noticed, ${percent.toFixed(1)} %`)
  for (const { fileName, location, mutatorName, replacement, status } of counted) {
    if (status === 'Killed' || status === 'Timeout') continue
    const place = `${relative('.', fileName)}:${location.start.line}:${location.start.column}`
    const change = (replacement ?? '').replace(/\s+/g, ' ').slice(0, 100)
    console.log(`  ${status === 'NoCoverage' ? 'not run ' : ''}${place} ${mutatorName}: ${change}`)
  }
  if (percent < goal) process.exitCode = 1
}
