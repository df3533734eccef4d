import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { packageVersion } from '../package-version.js'
import { keplerModelProgram } from '../program.js'

describe('the table of kepler-model doctor', () => {
  const folder = temporaryFolder()
  const settings = {
    ...{ MODEL_PATH: folder, JOBS_PATH: join(folder, 'jobs'), ONLINE_HISTORY_PATH: join(folder, 'history') },
    ...{ DATAPATH: folder, ESTIMATOR_SOCKETS: join(folder, 'e.sock'), PROM_SERVER: 'http://127.0.0.1:1' },
  }
  const doctor = (environment: Record<string, string>, columns?: number, ...args: string[]) =>
    runCli(keplerModelProgram, ['doctor', ...args], {
      environment: { ...settings, ...environment },
      ...(columns === undefined ? {} : { columns }),
    })

  it('has what was found and what to do about it; warnings are no failure', async () => {
    const { code, stdout, stderr } = await doctor({})
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'))
    assert.deepEqual([code, stderr], [0, ''])
    assert.deepEqual(rows[0], ['CHECK', 'STATE', 'FOUND', 'TO DO'])
    assert.deepEqual(rows[1], ['versions', 'ok', `kepler-model ${packageVersion()}, Node ${process.versions.node}`, ''])
    assert.deepEqual(rows[2], ['settings', 'ok', 'all are valid', ''])
    const prometheus = rows.find(([name]) => name === 'Prometheus')
    assert.equal(prometheus?.[1], 'warning')
    assert.match(prometheus?.[3] ?? '', /set PROM_SERVER/)
  })

  it('has a warning for each setting that is not used, and then not that all are valid', async () => {
    const { stdout } = await doctor({ MODEL_CONFIG: 'MODEL_SERVR_URL=x' })
    const rows = stdout.split('\n').filter((line) => line.startsWith('settings\t'))
    assert.equal(rows.length, 1)
    assert.match(rows[0] ?? '', /^settings\twarning\t.*MODEL_SERVR_URL.*\tcorrect or remove it$/)
  })

  it('ends after a setting that is wrong, and counts problems', async () => {
    const wrong = await doctor({ MODEL_SERVER_PORT: 'x' })
    assert.equal(wrong.code, 1)
    const rows = wrong.stdout.trim().split('\n')
    assert.equal(rows.length, 3)
    assert.match(rows[2] ?? '', /^settings\tproblem\tMODEL_SERVER_PORT="x".*\tcorrect it; see `kepler-model config`$/)
    assert.equal(wrong.stderr, 'error: 1 problem found\n')
    writeFiles(folder, { 'models/a.zip': 'no zip', 'models/b.zip': 'no zip' })
    assert.equal((await doctor({ MODEL_PATH: join(folder, 'models') })).stderr, 'error: 2 problems found\n')
  })

  it('fits a terminal, and is whole with --wide', async () => {
    const lines = (await doctor({}, 90)).stdout.split('\n')
    assert.ok(lines.every((line) => line.length <= 90))
    assert.ok((await doctor({}, 90, '--wide')).stdout.split('\n').some((line) => line.length > 90))
  })
})
