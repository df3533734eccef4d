import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { testArchive } from '../../../test/support/test-model.js'
import { readModelArchive } from '../../archive/read-model-archive.js'
import { toOnnx } from '../../onnx/to-onnx.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model onnx', () => {
  const folder = temporaryFolder()
  const zip = join(folder, 'model.zip')
  let bytes: Buffer

  before(async () => {
    bytes = await testArchive()
    writeFileSync(zip, bytes)
  })
  const run = (...args: string[]) => runCli(keplerModelProgram, ['onnx', ...args])

  it('writes one file of all components', async () => {
    const file = join(folder, 'new', 'all.onnx')
    const { code, stdout, stderr } = await run(zip, '-o', file)
    assert.equal(code, 0, stderr)
    assert.equal(stdout, `${file}: package, dram in watts, from bpf_cpu_time_ms\n`)
    assert.deepEqual(readFileSync(file), Buffer.from(toOnnx(readModelArchive(bytes))))
  })

  it('writes a file a component, and tells programs which', async () => {
    const { code, stdout } = await run(zip, '-o', join(folder, 'own.onnx'), '--each', '--intervals', '--json')
    assert.equal(code, 0)
    const files = ['package', 'dram'].map((component) => join(folder, `own.${component}.onnx`))
    assert.deepEqual(JSON.parse(stdout), {
      model_name: 'LinearRegressionTrainer_1',
      features: ['bpf_cpu_time_ms'],
      files: [
        { file: files[0], components: ['package'] },
        { file: files[1], components: ['dram'] },
      ],
    })
    const expected = toOnnx(readModelArchive(bytes), { component: 'dram', intervals: true })
    assert.deepEqual(readFileSync(files[1]!), Buffer.from(expected))
  })

  it('says of which components there are no bounds', async () => {
    const unknown = join(folder, 'unknown.zip')
    writeFileSync(unknown, await testArchive({ metadata: { mae: -1, mape: -1 } }))
    const { code, stderr } = await run(unknown, '-o', join(folder, 'unknown.onnx'), '--intervals')
    assert.equal(code, 0)
    assert.match(stderr, /warning: the errors of package, dram are not known, so there are no bounds of them/)
    assert.equal((await run(zip, '-o', join(folder, 'known.onnx'), '--intervals')).stderr, '')
  })

  it('refuses a component that is not there and an archive that is none, and writes nothing', async () => {
    const file = join(folder, 'none.onnx')
    const missing = await run(zip, '--component', 'platform', '-o', file)
    assert.equal(missing.code, 2)
    assert.match(missing.stderr, /has no platform, it has package, dram/)
    const damaged = join(folder, 'damaged.zip')
    writeFileSync(damaged, bytes.subarray(0, 200))
    assert.equal((await run(damaged, '-o', file)).code, 1)
    assert.equal((await run(join(folder, 'nowhere.zip'), '-o', file)).code, 2)
    assert.equal((await run(zip, '--component', 'dram', '--each', '-o', file)).code, 2)
    assert.ok(!existsSync(file))
  })

  it('asks for a name where that of the archive is none of a file', async () => {
    const hostile = join(folder, 'hostile.zip')
    writeFileSync(hostile, await testArchive({ name: '<b> x_1' }))
    const { code, stderr } = await run(hostile)
    assert.equal(code, 2)
    assert.match(stderr, /"<b> x_1" is no name of a file: give one with --output/)
  })
})
