// Runs every *.test.ts below the folders it is given with Node's own test runner. Node 20 takes no globs there.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { transpileAll } from './typescript/transpiled.mjs'

const folders = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'))

const files = folders
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    folder.endsWith('.test.ts')
      ? [folder]
      : readdirSync(folder, { recursive: true })
          .map((name) => join(folder, String(name)))
          .filter((name) => name.endsWith('.test.ts')),
  )
  .sort()

if (files.length === 0) {
  console.error(`no *.test.ts below ${folders.join(', ')}`)
  process.exit(1)
}
await transpileAll('src', 'test', 'scripts')
const loader = new URL('typescript/register.mjs', import.meta.url).href
// Node leaves one processor free, and runs one file for each of the others; long tests wait for processes that they start.
const concurrency = `--test-concurrency=${2 * availableParallelism()}`
const run = spawnSync(process.execPath, ['--import', loader, '--test', concurrency, ...flags, ...files], {
  stdio: 'inherit',
})
process.exitCode = run.status ?? 1
