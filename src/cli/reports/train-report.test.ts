import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import type { FeatureGroup } from '../../core/feature-group.js'
import type { TrainerName } from '../../regression/trainers.js'
import type { PlacedModel } from '../../train/pipeline-files.js'
import { type Rank, warnOfFailures, writeTrainReport } from './train-report.js'

/** A trained model of which only what is said of it is known. */
function placed(
  trainer: TrainerName,
  metadata: Readonly<Record<string, unknown>>,
  { group = 'BPFOnly', features = ['bpf_cpu_time_ms'], nodeType = 0 } = {},
): PlacedModel {
  const set = { source: 'acpi', outputType: 'AbsPower', group: group as FeatureGroup, nodeType } as const
  const name = `${trainer}_${nodeType}`
  return {
    ...{ folder: `acpi/AbsPower/${group}`, set },
    model: { name, trainer, metadata: { ...metadata, node_type: nodeType }, features, files: [], zip: Buffer.alloc(0) },
  }
}
const all = {
  ...{ mae: 1.234, mape: 5, cv_mae: 2, cv_mape: 6.789, workload_mae: 3, held_out_mae: 2.5, held_out_se: 0.25 },
  ...{ time_fold_1: 1.5, time_fold_2: 3.5, workload_fold_1: 9, complexity: 1, zero_load: { platform: 10, dram: 2 } },
}
const linear = placed('LinearRegressionTrainer', all)
const sgd = placed('SGDRegressorTrainer', { ...all, mae: 1, cv_mae: 4, workload_mae: 2, held_out_mae: 5 })
const titles = 'SOURCE\tOUTPUT\tGROUP\tBEST MODEL\tMAE\tMAPE\tCV MAE\tCV MAPE\tWORKLOAD MAE\tZERO LOAD\tHELD OUT\tFOLDS'

function report(models: readonly PlacedModel[], options: { rankBy?: Rank; all?: boolean; json?: boolean } = {}) {
  const { io, written } = recordedIo()
  const pipeline = { name: 'p', folder: '/data/p', zip: '/data/p.zip', models, failures: [{ what: 'a', why: 'b' }] }
  writeTrainReport(io, pipeline, { rankBy: 'held-out', ...options })
  return { ...written, rows: written.stdout.trim().split('\n') }
}
const best = (models: readonly PlacedModel[], rankBy: Rank) => report(models, { rankBy }).rows[1]?.split('\t')[3]

describe('the report of a training', () => {
  it('has every error of the best model of each kind', () => {
    const { rows, stderr } = report([sgd, linear])
    assert.deepEqual(rows, [
      titles,
      'acpi\tAbsPower\tBPFOnly\tLinearRegressionTrainer_0\t1.23\t5.00\t2.00\t6.79\t3.00\t10.00\t2.50 ± 0.25\t1.50 to 9.00',
    ])
    assert.match(stderr, /^acpi\/AbsPower\/BPFOnly\/LinearRegressionTrainer_0: chosen: least error on held-out rows/m)
    assert.match(stderr, /^2 models written to \/data\/p and \/data\/p\.zip$/m)
    assert.doesNotMatch(stderr, /^- /m)
    assert.doesNotMatch(stderr, /overfits|same models/)
  })

  it('has all models when asked, and kinds in the order in which they were trained', () => {
    const others = [{ group: 'Basic' }, { nodeType: 1 }].map((of) => placed('SGDRegressorTrainer', all, of))
    const { rows } = report([sgd, ...others, linear], { all: true })
    assert.equal(rows[0], titles.replace('BEST MODEL', 'MODEL'))
    assert.deepEqual(
      rows.slice(1).map((row) => row.split('\t').slice(2, 4)),
      [
        ['BPFOnly', 'LinearRegressionTrainer_0'],
        ['BPFOnly', 'SGDRegressorTrainer_0'],
        ['Basic', 'SGDRegressorTrainer_0'],
        ['BPFOnly', 'SGDRegressorTrainer_1'],
      ],
    )
  })

  it('is in the order that was asked for', () => {
    const names = { linear: 'LinearRegressionTrainer_0', sgd: 'SGDRegressorTrainer_0' }
    assert.equal(best([sgd, linear], 'held-out'), names.linear)
    assert.equal(best([linear, sgd], 'mae'), names.sgd)
    assert.equal(best([sgd, linear], 'cv'), names.linear)
    assert.equal(best([linear, sgd], 'workload'), names.sgd)
    // An error that was not measured is replaced by the next kind; a model without any is last.
    const fast = placed('LinearRegressionTrainer', { mae: 0.5, workload_mae: -1, cv_mae: 'none' })
    assert.equal(best([sgd, fast], 'cv'), names.linear)
    assert.equal(best([sgd, fast], 'workload'), names.linear)
    assert.equal(best([placed('LinearRegressionTrainer', {}), sgd], 'mae'), names.sgd)
  })

  it('says why a figure is missing', () => {
    const reasons = (metadata: object) =>
      report([placed('SGDRegressorTrainer', { ...all, ...metadata })]).stderr.match(/^- .*/gm)
    assert.equal(reasons({}), null)
    assert.deepEqual(reasons({ cv_mae: undefined, workload_mae: undefined }), [
      '-  HELD OUT, CV MAE: nothing was held out by time, because of --fast or too few rows.',
    ])
    assert.deepEqual(reasons({ workload_mae: undefined, mape: -1 }), [
      '-  WORKLOAD MAE: fewer than two workloads can be told apart in the data.',
      '-  MAPE: no test row has power above 0.',
    ])
    assert.equal(reasons({ cv_mae: 0, workload_mae: 0, mape: 0 }), null)
    const [, row] = report([placed('SGDRegressorTrainer', { mae: 1, mape: -1, held_out_mae: 2 })]).rows
    assert.equal(row, 'acpi\tAbsPower\tBPFOnly\tSGDRegressorTrainer_0\t1.00\t-\t-\t-\t-\t-\t2.00\t-')
  })

  it('writes a number of millions by its exponent, and zero load of nothing as nothing', () => {
    const [, row] = report([placed('SGDRegressorTrainer', { ...all, mae: 999_999, mape: 1e6, zero_load: null })]).rows
    assert.deepEqual(row?.split('\t').slice(4, 6), ['999999.00', '1.0e+6'])
    assert.equal(row?.split('\t')[9], '-')
    assert.equal(report([placed('SGDRegressorTrainer', { ...all, zero_load: 7 })]).rows[1]?.split('\t')[9], '-')
  })

  it('names curve fits that are the same models', () => {
    const fit = (group: string, features: string[], trainer: TrainerName = 'LogisticRegressionTrainer') =>
      placed(trainer, all, { group, features })
    const said = (...models: PlacedModel[]) => report(models).stderr.match(/^The curve fits of .*/gm)
    const usage = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']
    assert.deepEqual(said(fit('A', usage), fit('B', usage, 'ExponentialRegressionTrainer')), [
      'The curve fits of A, B are the same models: a curve sees one column, bpf_cpu_time_ms (dram: bpf_page_cache_hit).',
    ])
    assert.deepEqual(said(fit('A', ['cpu_time_ms']), fit('B', ['cpu_time_ms', 'x'])), [
      'The curve fits of A, B are the same models: a curve sees one column, cpu_time_ms.',
    ])
    assert.equal(said(fit('A', usage), fit('A', usage, 'LogarithmicRegressionTrainer')), null)
    assert.equal(said(fit('A', usage), fit('B', ['cpu_time_ms'])), null)
    assert.equal(said(fit('A', usage, 'SGDRegressorTrainer'), fit('B', usage, 'SGDRegressorTrainer')), null)
    // Of unknown columns it is the first.
    assert.match(said(fit('A', ['x']), fit('B', ['x', 'y']))?.[0] ?? '', /one column, x\.$/)
  })

  it('warns of a best model that errs by more than five times its MAE and a watt on what was left out', () => {
    const warned = (metadata: object) =>
      report([placed('SGDRegressorTrainer', { ...all, mae: 1, cv_mae: 0, workload_mae: 0, ...metadata })]).stderr.match(
        /^warning: .*|^Train on .*/gm,
      )
    assert.equal(warned({ cv_mae: 6, workload_mae: 6 }), null)
    assert.equal(warned({ cv_mae: undefined, workload_mae: undefined }), null)
    assert.deepEqual(warned({ cv_mae: 6.01 }), [
      'warning: acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0 overfits: MAE 1.00 W on its test rows, but 6.01 W on data left out',
      'Train on more and more varied data, or with other trainers.',
    ])
    assert.match(warned({ workload_mae: 70 })?.[0] ?? '', /but 70\.00 W on data left out/)
  })

  it('is JSON for programs', () => {
    const { stdout, stderr } = report([sgd, linear], { json: true, rankBy: 'mae' })
    assert.equal(stderr, '')
    const { best: first, models, ...pipeline } = JSON.parse(stdout)
    assert.deepEqual(pipeline, {
      ...{ pipeline: 'p', folder: '/data/p', zip: '/data/p.zip', rank_by: 'mae', failures: [{ what: 'a', why: 'b' }] },
    })
    const path = 'acpi/AbsPower/BPFOnly'
    const written = {
      ...{ path: `${path}/SGDRegressorTrainer_0`, model_name: 'SGDRegressorTrainer_0', features: ['bpf_cpu_time_ms'] },
      ...sgd.model.metadata,
    }
    assert.deepEqual(models[0], written)
    assert.equal(models[1].path, `${path}/LinearRegressionTrainer_0`)
    const [{ why, ...one }, ...others] = first
    assert.deepEqual([one, others], [written, []])
    assert.match(why, /W held out: no better than LinearRegressionTrainer_0/)
  })

  it('has numbers to the right on a terminal', () => {
    const { io, written } = recordedIo({ columns: 200 })
    const pipeline = { name: 'p', folder: '/p', zip: '/p.zip', models: [linear], failures: [] }
    writeTrainReport(io, pipeline, { rankBy: 'held-out' })
    assert.match(
      written.stdout,
      /^acpi {4}AbsPower {2}BPFOnly {2}LinearRegressionTrainer_0 {2}1\.23 {2}5\.00 {4}2\.00/m,
    )
    assert.match(written.stdout, / {9}3\.00 {6}10\.00 {2}2\.50 ± 0\.25 {2}1\.50 to 9\.00$/m)
  })

  it('leaves out of a narrow terminal what is least important', () => {
    const { io, written } = recordedIo({ columns: 100 })
    const pipeline = { name: 'p', folder: '/p', zip: '/p.zip', models: [linear], failures: [] }
    writeTrainReport(io, pipeline, { rankBy: 'held-out' })
    assert.match(written.stdout, /^\(not shown: CV MAPE, WORKLOAD MAE, ZERO LOAD; --wide shows them\)$/m)
    writeTrainReport(io, pipeline, { rankBy: 'held-out', wide: true })
    assert.match(written.stdout, /^SOURCE .* FOLDS$/m)
  })

  it('names what could not be trained', () => {
    const { io, written } = recordedIo()
    warnOfFailures(io, [{ what: 'x', why: 'too few rows' }])
    warnOfFailures(io, [])
    assert.equal(written.stderr, 'warning: x: too few rows\n')
  })
})
