import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keplerModelProgram } from '../../../src/cli/program.js'
import { type CliRun, runCli } from '../../support/cli.js'

export const casesFolder = '../shared/data/cases'

/** A case in a folder of its own: its script has run there, and commands read and write there. */
export interface Case {
  readonly folder: string
  run(...args: readonly string[]): Promise<CliRun>
  /** Runs the case's script once more, with arguments. */
  generate(...args: readonly string[]): Promise<void>
}

/** What is right for a case. */
export type CaseCheck = (opened: Case) => Promise<void>

/** Copies a case to `scratch` and runs its script, if it has one. */
export async function openCase(name: string, scratch: string): Promise<Case> {
  const folder = join(scratch, 'cases', name)
  await mkdir(folder, { recursive: true })
  await cp(join(casesFolder, name), folder, { recursive: true })
  // Some scripts look for the library one folder further up.
  for (const place of ['cases/lib', 'lib']) {
    await cp(join(casesFolder, 'lib'), join(scratch, place), { recursive: true })
  }
  const generate = async (...args: readonly string[]) => {
    await promisify(execFile)(process.execPath, ['gen.mjs', ...args], { cwd: folder })
  }
  const script = await readFile(join(folder, 'gen.mjs'), 'utf8').catch(() => undefined)
  if (script !== undefined) await generate()
  return {
    folder,
    generate,
    run: (...args) => runCli(keplerModelProgram, args, { environment: { DATAPATH: folder, MODEL_PATH: folder } }),
  }
}

interface ColumnRange {
  readonly column: string
  readonly lowest: number
  readonly highest: number
}

/** Extracts, and expects each column to have its one value in all rows; watts to within a part in a thousand. */
export async function expectColumns(
  { run }: Case,
  args: readonly string[],
  expected: Readonly<Record<string, number>>,
): Promise<{
  readonly findings: readonly { readonly kind: string; readonly example: string }[]
  readonly rows: number
}> {
  const { code, stdout, stderr } = await run('extract', '-o', 'out', '--json', ...args)
  assert.equal(code, 0, stderr)
  const { columns, findings, rows } = JSON.parse(stdout)
  const found = new Map(columns.map((range: ColumnRange) => [range.column, range]))
  assert.deepEqual([...found.keys()], Object.keys(expected))
  for (const [name, value] of Object.entries(expected)) {
    const { lowest, highest } = found.get(name) as ColumnRange
    const close = (number: number) => Math.abs(number - value) <= 1e-3 * Math.max(1, value)
    assert.ok(close(lowest) && close(highest), `${name}: ${lowest} to ${highest}, and not ${value}`)
  }
  return { findings, rows }
}

/** Watts and usage of the node that the library of the cases makes. */
export const usualNode = {
  bpf_cpu_time_ms: 8000,
  bpf_page_cache_hit: 50,
  package_power: 100,
  core_power: 60,
  uncore_power: 0,
  dram_power: 20,
}
