import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCsv } from '../../../src/table/csv-read.js'
import { numbersOf } from '../../../src/table/table.js'
import type { CaseCheck } from './case.js'

/** What commands do with each other's files. */
export const commandCases: Readonly<Record<string, CaseCheck>> = {
  async 'isolate-pipeline-path'({ folder, run }) {
    const trainers = ['--trainers', 'LinearRegressionTrainer', '--fast', '--output-type', 'AbsPower']
    assert.equal((await run('train', '-p', 'p1', ...trainers)).code, 0)
    const args = ['-o', 't', '--isolator', 'trainer', '--target-hints', 'coremark', '--abs-pipeline-name', 'p1']
    const { code, stderr } = await run('isolate', ...args)
    assert.equal(code, 0, stderr)
    const table = await readCsv([await readFile(join(folder, 'isolated_t.csv'), 'utf8')], { text: new Set(['id']) })
    const watts = new Set([...numbersOf(table, 'package_power')].map((value) => Number(value.toFixed(1))))
    assert.deepEqual(
      [...watts].sort((a, b) => a - b),
      [0, 12.5, 25, 37.5],
    )
  },
}
