import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type Files, pipelineFiles, writeFiles } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { linearPowerModel, testArchive } from '../../test/support/test-model.js'
import { readModelArchive } from '../archive/read-model-archive.js'
import { predictPower } from '../predictor/power-model.js'
import { pipelineAt } from '../registry/find-pipelines.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import type { Pipeline } from '../registry/pipeline.js'
import { type MergeOptions, mergePipelines } from './merge-pipelines.js'

const group = 'rapl-sysfs/AbsPower/BPFOnly'
const small = { processor: 'small', cores: 8, chips: 1, memory: 16, frequency: 2000 }
const large = { processor: 'large', cores: 96, chips: 2, memory: 384, frequency: 3500 }
const heldOut = (error: number) => ({ held_out_mae: error, held_out_se: 0.1, complexity: 1 })

/** A real archive of a line of so many watts at idle. */
async function archive(nodeType: number, idle: number, metadata: object = {}): Promise<Files> {
  const options = { name: `LinearRegressionTrainer_${nodeType}`, idle, metadata: { ...metadata } }
  return { [`${group}/LinearRegressionTrainer_${nodeType}.zip`]: await testArchive(options) }
}

async function scene(...pipelines: readonly (readonly [name: string, files: Files])[]) {
  const root = temporaryFolder()
  const opened: Pipeline[] = []
  for (const [name, files] of pipelines) {
    mkdirSync(join(root, name))
    writeFiles(join(root, name), {
      'metadata.json': JSON.stringify({ isolator: 'min', abs_trainers: ['A'] }),
      ...files,
    })
    opened.push(await loadPipeline(pipelineAt(join(root, name), name)))
  }
  const merge = (options: Partial<MergeOptions> = {}, others: readonly Pipeline[] = []) =>
    mergePipelines([...opened, ...others], { name: 'all', parent: root, clock: () => 0, ...options })
  const wattsAtIdle = (name: string) => {
    const { predict, metadata } = readModelArchive(readFileSync(join(root, 'all', group, `${name}.zip`)))
    assert.equal(metadata.model_name, name)
    return predict(metadata.features, [metadata.features.map(() => 0)]).package?.[0]
  }
  return {
    root,
    opened,
    merge,
    wattsAtIdle,
    json: (file: string) => JSON.parse(readFileSync(join(root, 'all', file), 'utf8')),
  }
}
const index = (types: object) => ({ 'node_type_index.json': JSON.stringify(types) })

describe('merging pipelines', () => {
  it('gives equal specs one node type, renames the models of others, and they predict as before', async () => {
    const { root, merge, wattsAtIdle, json } = await scene(
      ['a', { ...index({ '0': { attrs: small, members: ['m1'] } }), ...(await archive(0, 10, { mae: 1 })) }],
      [
        'b',
        {
          ...index({
            '0': { attrs: large, members: ['m2'] },
            '1': { attrs: { ...small, cores: 8.0 }, members: ['m3'] },
          }),
          ...(await archive(0, 20, { node_type: 0 })),
          ...(await archive(1, 30, { mae: 0.5 })),
        },
      ],
    )
    const { models, nodeTypes, conflicts, notes } = await merge()
    assert.deepEqual(nodeTypes, [
      { id: 0, spec: small, members: ['m1', 'm3'] },
      { id: 1, spec: large, members: ['m2'] },
    ])
    assert.deepEqual([models, notes], [2, []])
    assert.deepEqual(conflicts, [
      {
        model: `${group}/LinearRegressionTrainer_0`,
        kept: 'b/LinearRegressionTrainer_1',
        dropped: [{ from: 'a/LinearRegressionTrainer_0', why: 'larger mae than b/LinearRegressionTrainer_1' }],
      },
    ])
    assert.deepEqual([wattsAtIdle('LinearRegressionTrainer_0'), wattsAtIdle('LinearRegressionTrainer_1')], [30, 20])
    const unpacked = json(`${group}/LinearRegressionTrainer_1/metadata.json`)
    assert.deepEqual([unpacked.node_type, unpacked.model_file], [1, 'LinearRegressionTrainer_1.json'])
    assert.deepEqual(json('metadata.json').merged_from, [
      { name: 'a', node_types: { '0': 0 } },
      { name: 'b', node_types: { '0': 1, '1': 0 } },
    ])
    assert.deepEqual(json('node_type_index.json'), {
      '0': { attrs: small, members: ['m1', 'm3'] },
      '1': { attrs: large, members: ['m2'] },
    })
    const served = await loadPipeline(pipelineAt(join(root, 'all.zip'), 'all'))
    assert.deepEqual(
      served.entries.map(({ name, nodeType }) => [name, nodeType]),
      [
        ['LinearRegressionTrainer_0', 0],
        ['LinearRegressionTrainer_1', 1],
      ],
    )
    served.store.close()
  })

  it('keeps what was better on held-out rows, also with the larger mae', async () => {
    const types = index({ '3': { attrs: small, members: [] } })
    const { merge, wattsAtIdle } = await scene(
      ['a', { ...types, ...(await archive(3, 10, { mae: 1, ...heldOut(5) })) }],
      ['b', { ...types, ...(await archive(3, 20, { mae: 2, ...heldOut(4) })) }],
      ['c', { ...types, ...(await archive(3, 30, { mae: 0.1 })) }],
    )
    const [conflict] = (await merge()).conflicts
    assert.equal(conflict?.kept, 'b/LinearRegressionTrainer_3')
    assert.deepEqual(
      conflict?.dropped.map(({ from }) => from),
      ['a/LinearRegressionTrainer_3', 'c/LinearRegressionTrainer_3'],
    )
    assert.match(conflict?.dropped[0]?.why ?? '', /5\.00 ± 0\.10 W held out: 1\.00 W more than b/)
    assert.equal(wattsAtIdle('LinearRegressionTrainer_3'), 20)
  })

  it('does not take machines without a spec for one, unless they are the same by name', async () => {
    const nobody = (member: string) => index({ '0': { attrs: {}, members: [member] } })
    const { merge } = await scene(
      ['a', { ...nobody('m1'), ...(await archive(0, 10)) }],
      ['b', { ...nobody('m2'), ...(await archive(0, 20)) }],
      ['c', { ...nobody('m1'), ...(await archive(0, 30, { mae: 0.5 })) }],
      ['d', await archive(7, 40)],
    )
    const { nodeTypes, conflicts, notes } = await merge()
    assert.deepEqual(
      nodeTypes.map(({ id, members }) => [id, members]),
      [
        [0, ['m1']],
        [1, ['m2']],
        [7, []],
      ],
    )
    assert.deepEqual(
      conflicts.map(({ kept }) => kept),
      ['c/LinearRegressionTrainer_0'],
    )
    assert.deepEqual(notes, [
      "node type 0 of b has no spec: it is type 1, and no other's",
      "node type 7 of d has no spec: it is type 7, and no other's",
    ])
  })

  it('names a machine that is two, and models that cannot be read, and takes the next best', async () => {
    const types = (spec: object) => index({ '0': { attrs: spec, members: ['m1'] } })
    const { merge, wattsAtIdle } = await scene(
      ['a', { ...types(small), ...(await archive(0, 10)) }],
      ['b', { ...types({ ...small, memory: 32 }), ...(await archive(0, 20)) }],
      [
        'c',
        {
          ...types(small),
          ...pipelineFiles([{ name: 'LinearRegressionTrainer_0', mae: 0.1, weights: true }], undefined),
          [`${group}/LinearRegressionTrainer_0.json`]: '[]',
        },
      ],
    )
    const { notes, models } = await merge()
    assert.equal(models, 2)
    assert.match(notes[0]!, /^machine m1 has several specs: type 0 \{.*"memory":16.*\}, type 1 \{.*"memory":32/)
    assert.match(notes[1]!, /^c\/LinearRegressionTrainer_0 cannot be read: /)
    assert.equal(wattsAtIdle('LinearRegressionTrainer_0'), 10)
  })

  it('is the same when it is done again, replaces nothing else, and stops without a trace', async () => {
    const { root, merge } = await scene(['a', await archive(0, 10)], ['b', await archive(1, 20)])
    await assert.rejects(merge({ name: 'a' }), { code: 'INVALID_REQUEST', message: /a is another one's name/ })
    await assert.rejects(merge({ name: '../a' }), { code: 'INVALID_REQUEST', field: 'pipeline-name' })
    const stop = new AbortController()
    const told: number[] = []
    const onProgress = (done: number) => {
      told.push(done)
      stop.abort()
    }
    await assert.rejects(merge({ signal: stop.signal, onProgress }), { code: 'CANCELLED' })
    assert.deepEqual(told, [1])
    assert.deepEqual(readdirSync(root).sort(), ['a', 'b'])
    await merge()
    const zip = readFileSync(join(root, 'all.zip'))
    await merge()
    assert.deepEqual(readFileSync(join(root, 'all.zip')), zip)
    assert.ok(existsSync(join(root, 'all', 'rapl-sysfs_AbsPower_model_metadata.csv')))
  })

  it('predicts as the model that went in', async () => {
    const { root, merge } = await scene(['a', await archive(0, 10)], ['b', await archive(0, 20)])
    await merge()
    const rows = [[123], [4567]]
    const model = linearPowerModel({ name: 'LinearRegressionTrainer_1', idle: 20 })
    const { predict } = readModelArchive(readFileSync(join(root, 'all', group, 'LinearRegressionTrainer_1.zip')))
    assert.deepEqual(predict(['bpf_cpu_time_ms'], rows), predictPower(model, ['bpf_cpu_time_ms'], rows))
  })

  it('tells how far it is, and fails with the first reason when nothing is left', async () => {
    const told: unknown[] = []
    const { merge } = await scene(['a', { ...(await archive(0, 10)), ...(await archive(3, 20)) }])
    await merge({ onProgress: (done, total, name) => told.push([done, total, name]) })
    assert.deepEqual(told, [
      [1, 2, `${group}/LinearRegressionTrainer_0`],
      [2, 2, `${group}/LinearRegressionTrainer_3`],
    ])
    const empty = await scene(['a', {}])
    await assert.rejects(empty.merge(), {
      code: 'INVALID_DATA',
      message: 'nothing to merge: no pipeline has a model',
    })
    const broken = { ...pipelineFiles([{ name: 'LinearRegressionTrainer_0', weights: true }], undefined) }
    const unreadable = await scene(['a', { ...broken, [`${group}/LinearRegressionTrainer_0.json`]: '[]' }])
    await assert.rejects(unreadable.merge(), {
      code: 'INVALID_DATA',
      message: /^nothing to merge: a\/LinearRegressionTrainer_0 cannot be read: /,
    })
  })

  it('is described by all that went in, the earliest start and the end of now', async () => {
    const of = (fields: object) => ({ 'metadata.json': JSON.stringify(fields) })
    const { merge, json } = await scene(
      [
        'a',
        {
          ...of({
            isolator: 'min',
            extractor: 'smooth',
            abs_trainers: ['A', 'B'],
            dyn_trainers: ['D'],
            init_time: '2025-02-01 00:00:00',
          }),
          ...(await archive(0, 10)),
        },
      ],
      [
        'b',
        {
          ...of({ isolator: 'min', abs_trainers: ['B', 'C'], dyn_trainers: null, init_time: '2024-01-01 00:00:00' }),
          ...(await archive(1, 20)),
        },
      ],
    )
    await merge({ clock: () => Date.parse('2026-03-04T05:06:07Z') })
    const { merged_from: _, ...described } = json('metadata.json')
    assert.deepEqual(described, {
      name: 'all',
      isolator: 'min',
      extractor: 'smooth',
      abs_trainers: ['A', 'B', 'C'],
      dyn_trainers: ['D'],
      init_time: '2024-01-01 00:00:00',
      last_update_time: '2026-03-04 05:06:07',
    })
    assert.deepEqual(Object.keys(json('node_type_index.json')), ['0', '1'])
  })

  it('names pipelines of one name by their places', async () => {
    const files = async (idle: number) => ({
      ...index({ '0': { attrs: small, members: [] } }),
      ...(await archive(0, idle)),
    })
    const [first, second] = [await scene(['a', await files(10)]), await scene(['a', await files(20)])]
    const { conflicts } = await first.merge({}, second.opened)
    assert.deepEqual(
      conflicts.map(({ kept, dropped }) => [kept, ...dropped.map(({ from }) => from)]),
      [[first, second].map(({ root }) => join(root, 'a', 'LinearRegressionTrainer_0'))],
    )
    assert.equal(first.json('metadata.json').init_time, '1970-01-01 00:00:00')
  })

  it('replaces no folder that says nothing of itself, and can be stopped to the end', async () => {
    const { root, merge } = await scene(['a', await archive(0, 10)])
    mkdirSync(join(root, 'mine'))
    await assert.rejects(merge({ name: 'mine' }), { code: 'INVALID_REQUEST', message: /not made by merging/ })
    const stop = new AbortController()
    await assert.rejects(merge({ signal: stop.signal, onProgress: () => stop.abort() }), { code: 'CANCELLED' })
    assert.deepEqual(readdirSync(root).sort(), ['a', 'mine'])
  })

  it('has weights beside the models that had them', async () => {
    const { merge, root } = await scene([
      'a',
      pipelineFiles([{ name: 'LinearRegressionTrainer_0', weights: true }, { name: 'SGDRegressorTrainer_0' }]),
    ])
    await merge()
    const has = (model: string) => existsSync(join(root, 'all', group, model, 'weight.json'))
    assert.deepEqual([has('LinearRegressionTrainer_0'), has('SGDRegressorTrainer_0')], [true, false])
  })
})
