import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { writePipeline } from './write-pipeline.js'

const model = (name: string) => `acpi/AbsPower/BPFOnly/${name}`
const files = (name: string) =>
  new Map([
    ['metadata.json', '{}'],
    [`${model(name)}/metadata.json`, JSON.stringify({ model_name: name, mae: 1, mape: 1 })],
    [`${model(name)}.zip`, name],
  ])

/** No process has it: the largest number that Linux gives is below. */
const dead = 99_999_999

async function scene() {
  const parent = temporaryFolder()
  const folder = join(parent, 'std')
  const write = (name: string) => writePipeline(parent, 'std', files(name))
  await write('A_0')
  const before = join(temporaryFolder(), 'before')
  cpSync(parent, before, { recursive: true })
  await write('B_0')
  const after = join(temporaryFolder(), 'after')
  cpSync(parent, after, { recursive: true })
  return {
    parent,
    write,
    models: () => readdirSync(join(folder, 'acpi/AbsPower/BPFOnly')).filter((name) => name.endsWith('.zip')),
    /** What a kill leaves after some of: the old folder moved, the new one moved, the new zip moved. */
    killed(renames: number, pid: number) {
      for (const name of ['std', 'std.zip']) renameSync(join(parent, name), join(parent, `.gone-${name}`))
      const at = (kind: string) => join(parent, `.std.${pid}.${kind}`)
      const copy = (from: string, to: string) => cpSync(from, to, { recursive: true })
      copy(join(before, 'std'), renames > 0 ? at('old') : folder)
      copy(join(after, 'std'), renames > 1 ? folder : at('new'))
      copy(join(renames > 2 ? after : before, 'std.zip'), join(parent, 'std.zip'))
      if (renames < 3) copy(join(after, 'std.zip'), at('zip'))
    },
    leftovers: () => readdirSync(parent).filter((name) => /^\.std\.\d+/.test(name)),
    zip: () => readFileSync(join(parent, 'std.zip'), 'latin1'),
    after,
  }
}

describe('writePipeline', () => {
  it('keeps what is there, and leaves nothing beside', async () => {
    const { models, leftovers } = await scene()
    assert.deepEqual(models(), ['A_0.zip', 'B_0.zip'])
    assert.deepEqual(leftovers(), [])
  })

  for (const [pid, whose] of [
    [dead, 'another process'],
    [process.pid, 'a process of the same number, as containers give them'],
  ] as const) {
    it(`goes on from where ${whose} was killed, at every step`, async () => {
      for (const renames of [0, 1, 2, 3]) {
        const { killed, write, models, leftovers, zip } = await scene()
        killed(renames, pid)
        await write('C_0')
        // A kill before the first rename costs what was being written, later ones nothing.
        const expected = renames === 0 ? ['A_0.zip', 'C_0.zip'] : ['A_0.zip', 'B_0.zip', 'C_0.zip']
        assert.deepEqual(models(), expected, `killed after ${renames} renames`)
        for (const name of expected) assert.ok(zip().includes(model(name)), `${name} in the zip`)
        assert.deepEqual(leftovers(), [])
      }
    })
  }

  it('has the pipeline back also when what follows fails', async () => {
    const { killed, write, models, parent, leftovers } = await scene()
    killed(1, dead)
    writeFileSync(join(parent, '.std.5.new.not-ours'), '')
    await assert.rejects(
      writePipeline(parent, 'std', new Map([['metadata.json/x', 'the name of a file is in the way']])),
      { code: 'UNAVAILABLE' },
    )
    assert.deepEqual(models(), ['A_0.zip', 'B_0.zip'])
    assert.deepEqual(leftovers(), ['.std.5.new.not-ours'])
    await write('C_0')
    assert.deepEqual(models(), ['A_0.zip', 'B_0.zip', 'C_0.zip'])
  })

  it('finishes the first write of a pipeline, where only the zip was left', async () => {
    const { parent, write, zip } = await scene()
    renameSync(join(parent, 'std.zip'), join(parent, `.std.${dead}.zip`))
    await assert.rejects(writePipeline(parent, 'std', new Map([['metadata.json/x', '']])), { code: 'UNAVAILABLE' })
    assert.ok(zip().includes(model('B_0')))
    await write('C_0')
  })

  it('puts the old one back when there is no new one', async () => {
    const { parent, write, models } = await scene()
    renameSync(join(parent, 'std'), join(parent, `.std.${dead}.old`))
    await write('C_0')
    assert.deepEqual(models(), ['A_0.zip', 'B_0.zip', 'C_0.zip'])
  })

  it('leaves alone what a running process is writing', async () => {
    const { parent, write, leftovers } = await scene()
    mkdirSync(join(parent, `.std.${process.ppid}.new`))
    await write('C_0')
    assert.deepEqual(leftovers(), [`.std.${process.ppid}.new`])
  })
})
