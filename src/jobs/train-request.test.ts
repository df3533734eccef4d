import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { trainerNames } from '../regression/trainers.js'
import { parseTrainRequest, trainersIn } from './train-request.js'

const least = { name: 'mine', energy_source: 'acpi', trainer: {} }
const trainer = (given: object) => parseTrainRequest({ ...least, trainer: given }).trainer

describe('a request to train', () => {
  it('needs a name, a source and an empty trainer; the rest has defaults', () => {
    assert.deepEqual(parseTrainRequest(least), {
      name: 'mine',
      energy_source: ['acpi'],
      trainer: { abs_trainers: [], dyn_trainers: [], isolator: 'auto', isolator_args: {} },
      use_vm_metrics: false,
      seed: 0,
      cross_validation: true,
    })
  })

  it('keeps what is given', () => {
    const given = {
      ...least,
      ...{ use_vm_metrics: true, seed: 2 ** 31, cross_validation: false },
      trainer: { isolator_args: { target_hints: 'a,b', bg_hints: ['c'], abs_pipeline_name: 'std', other: 1 } },
    }
    const { use_vm_metrics, seed, cross_validation, trainer } = parseTrainRequest(given)
    assert.deepEqual([use_vm_metrics, seed, cross_validation], [true, 2 ** 31, false])
    assert.deepEqual(trainer.isolator_args, {
      target_hints: ['a', 'b'],
      bg_hints: ['c'],
      abs_pipeline_name: 'std',
    })
  })

  it('names sources as a list or with commas, each once', () => {
    const sources = (energy_source: unknown) => parseTrainRequest({ ...least, energy_source }).energy_source
    assert.deepEqual(sources('acpi,rapl-sysfs,acpi'), ['acpi', 'rapl-sysfs'])
    assert.deepEqual(sources(['rapl-sysfs', 'rapl-sysfs']), ['rapl-sysfs'])
    assert.equal(sources(Array(100).fill('acpi')).length, 1)
  })

  it('names trainers with or without their ending, or all of them', () => {
    assert.deepEqual(trainer({ abs_trainers: 'SGD,SGDRegressorTrainer', dyn_trainers: ['default'] }), {
      ...{ abs_trainers: ['SGDRegressorTrainer'], dyn_trainers: trainerNames },
      ...{ isolator: 'auto', isolator_args: {} },
    })
    assert.deepEqual(trainersIn([]), trainerNames)
    assert.deepEqual(trainersIn(['SGDRegressorTrainer']), ['SGDRegressorTrainer'])
  })

  it('names the isolator as we or the original do', () => {
    assert.equal(trainer({ isolator: 'MinIdleIsolator' }).isolator, 'min')
    assert.equal(trainer({ isolator: 'none' }).isolator, 'none')
  })

  it('that cannot be understood says which field is wrong, and what was there', () => {
    for (const [given, field, message] of [
      [{ ...least, name: undefined }, 'name', /^name is missing$/],
      [{ ...least, name: '../x' }, 'name', /^name "\.\.\/x": is no name: letters/],
      [{ ...least, energy_source: [] }, 'energy_source', /name at least one energy source/],
      [{ ...least, energy_source: '' }, 'energy_source', /energy source/],
      [{ ...least, energy_source: ['acpi', ''] }, 'energy_source', /no name of an energy source, such as /],
      [{ ...least, energy_source: ['/x'] }, 'energy_source', /"\/x"|no name of an energy source/],
      [{ ...least, energy_source: Array(101).fill('acpi') }, 'energy_source', /energy_source/],
      [{ ...least, energy_source: ['x'.repeat(201)] }, 'energy_source.0', /energy_source/],
      [{ ...least, trainer: 5 }, 'trainer', /^trainer 5: /],
      [
        { ...least, trainer: { abs_trainers: ['Oracle'] } },
        'trainer.abs_trainers',
        /unknown trainer; there are .*SGDRegressorTrainer/,
      ],
      [{ ...least, trainer: { isolator: 'eval' } }, 'trainer.isolator', /eval/],
      [{ ...least, seed: -1 }, 'seed', /^seed -1: /],
      [{ ...least, seed: 2 ** 31 + 1 }, 'seed', /^seed 2147483649: /],
      [{ ...least, seed: 0.5 }, 'seed', /^seed 0\.5: /],
      [{ ...least, use_vm_metrics: 'yes' }, 'use_vm_metrics', /^use_vm_metrics "yes": /],
      [{ ...least, cross_validation: null }, 'cross_validation', /^cross_validation null: /],
    ] as const) {
      assert.throws(() => parseTrainRequest(given), { code: 'INVALID_REQUEST', field, message }, JSON.stringify(given))
    }
    const nameless = { isolator_args: { abs_pipeline_name: '/etc' } }
    assert.throws(() => trainer(nameless), {
      field: 'trainer.isolator_args.abs_pipeline_name',
      message: /"\/etc": is no name of a pipeline/,
    })
  })

  it('that is no object has no field', () => {
    for (const value of ['x', null, 3]) {
      assert.throws(
        () => parseTrainRequest(value),
        (error: Error) => {
          assert.match(error.message, /^the request /)
          assert.equal('field' in error && error.field, undefined)
          return true
        },
      )
    }
  })
})
