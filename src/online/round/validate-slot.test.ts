import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../../numeric/matrix.js'
import type { TrainingSet } from '../../train/training-set.js'
import { measured } from './measure.js'
import type { ServedModel, ServedPipeline } from './served.js'
import { slotFolder, slotKey } from './slot.js'
import type { SlotData } from './slot-data.js'
import { freshError, isEnough, validateSlot } from './validate-slot.js'
import type { EvaluatedModel } from './verdict.js'

const slot = { source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 3 } as const
const options = { margin: 0.1, minRows: 30, maxError: 30 }

/** So many rows from a time on, of watts that rise from 80 to 120. */
function set(rows: number, from = 1000): TrainingSet {
  return {
    ...{ ...slot, features: ['a'] },
    x: matrix(
      Array.from({ length: rows }, (_, i) => [i]),
      1,
    ),
    targets: [{ component: 'platform', watts: Float64Array.from({ length: rows }, (_, i) => 80 + (40 * i) / rows) }],
    timestamps: Float64Array.from({ length: rows }, (_, i) => from + i),
  }
}

function data(rows: number, heldOut: number, more: Partial<SlotData> = {}): SlotData {
  return {
    ...{ slot, whole: set(rows), current: undefined, validation: set(heldOut), recent: set(rows) },
    ...{ driftingSince: undefined, newestFrom: 0, recentSeconds: 360.4, interval: 3.3333, spread: 1, machines: 1 },
    ...more,
  }
}

/** Says what was measured, and so many watts more. */
function served(more: number, model: Partial<ServedModel> = {}): ServedPipeline {
  const one = {
    ...{ name: 'A_3', features: ['a'], published: undefined, dataUntil: undefined, highestUsage: undefined },
    watts: ({ targets }: TrainingSet) =>
      new Map([['platform', Array.from(targets[0]!.watts, (watts) => watts + more)]]),
    ...model,
  }
  return { best: () => one, bestWeights: () => undefined } as unknown as ServedPipeline
}

function candidate(validation: TrainingSet, more: number): EvaluatedModel {
  const watts = Array.from(validation.targets[0]!.watts, (value) => value + more)
  return { any: measured(validation, new Map([['platform', watts]])), weights: undefined, highestUsage: undefined }
}

describe('validateSlot', () => {
  it('needs so many rows, five of them held out', () => {
    assert.equal(isEnough(data(25, 5), options), true)
    assert.equal(isEnough(data(24, 5), options), false)
    assert.equal(isEnough(data(99, 4), options), false)
    assert.equal(isEnough(data(99, 5, { current: set(24) }), options), false, 'those since the last change count')
    const few = validateSlot(data(24, 5), undefined, undefined, options)
    assert.deepEqual(few, {
      verdict: 'too_few_rows',
      publish: false,
      urgent: false,
      why: '29 measurements (one every 3.33 s), at least 30 are needed',
    })
    const notHeld = validateSlot(data(99, 4, { interval: 0 }), undefined, undefined, options).why
    assert.equal(
      notHeld,
      '103 measurements, but only 4 of the last 360 s can be held out of training, at least 5 are needed',
    )
  })

  it('says that no trainer could learn', () => {
    assert.equal(validateSlot(data(40, 9), undefined, undefined, options).verdict, 'untrainable')
  })

  it('compares with the served model on the held-out rows', () => {
    const own = data(40, 20)
    assert.equal(validateSlot(own, candidate(own.validation, 1), undefined, options).verdict, 'first')
    assert.equal(validateSlot(own, candidate(own.validation, 1), served(9), options).verdict, 'better')
    assert.equal(validateSlot(own, candidate(own.validation, 5), served(1), options).verdict, 'no_better')
    const unreadable = served(0, { watts: () => undefined })
    assert.equal(validateSlot(own, candidate(own.validation, 1), unreadable, options).verdict, 'first')
  })

  it('takes what has drifted for urgent, and asks for less of who replaces it', () => {
    const wide = served(4, { highestUsage: 1e9 })
    const own = data(40, 20)
    assert.equal(validateSlot(own, candidate(own.validation, 2), wide, options).verdict, 'narrower')
    const drifting = validateSlot({ ...own, driftingSince: 0 }, candidate(own.validation, 2), wide, options)
    assert.deepEqual([drifting.verdict, drifting.urgent], ['better', true])
  })

  it('hints at specs where several machines of one type cannot be learnt', () => {
    const own = data(40, 20, { machines: 2 })
    const { verdict, why } = validateSlot(own, candidate(own.validation, 50), undefined, options)
    assert.equal(verdict, 'no_skill')
    assert.match(why, /; 2 machines share one node type; .*ONLINE_MACHINE_SPECS/)
    const alone = validateSlot({ ...own, machines: 1 }, candidate(own.validation, 50), undefined, options)
    assert.doesNotMatch(alone.why, /share/)
    assert.doesNotMatch(validateSlot(own, candidate(own.validation, 1), undefined, options).why, /share/)
    const strict = { ...options, maxError: 1 }
    assert.match(validateSlot(own, candidate(own.validation, 5), undefined, strict).why, /2 machines share/)
  })
})

describe('freshError', () => {
  it('is that of the best served model on rows that it has not seen, beside that of its publication', () => {
    const published = { watts: 2, percent: 2 }
    const error = freshError(data(40, 9), served(6, { dataUntil: 1009, published }))
    assert.deepEqual(
      {
        ...error,
        watts: Math.round(error!.watts),
        percent: Math.round(error!.percent),
        ratio: Math.round(error!.ratio!),
      },
      { model: 'A_3', rows: 30, watts: 6, percent: 6, ratio: 3 },
    )
  })

  it('is not known of fewer than five rows, without a model, or of one that cannot be read', () => {
    const rows = (dataUntil: number) => freshError(data(40, 9), served(6, { dataUntil }))?.rows
    assert.deepEqual([rows(1034), rows(1035)], [5, undefined])
    assert.equal(freshError(data(40, 9), undefined), undefined)
    assert.equal(freshError(data(40, 9), served(6, { watts: () => undefined })), undefined)
  })

  it('has no ratio where the model was not published here, or was exact', () => {
    assert.equal(freshError(data(40, 9), served(6))?.ratio, undefined)
    assert.equal(freshError(data(40, 9), served(6))?.rows, 40)
    assert.equal(freshError(data(40, 9), served(6, { published: { watts: 0, percent: 0 } }))?.ratio, undefined)
  })
})

describe('a slot', () => {
  it('has a key and a folder', () => {
    assert.equal(slotKey(slot), 'acpi/AbsPower/BPFOnly/3')
    assert.equal(slotFolder(slot), 'acpi/AbsPower/BPFOnly')
  })
})
