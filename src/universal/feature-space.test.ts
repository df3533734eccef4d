import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../numeric/random.js'
import { featureSpace } from './feature-space.js'
import { featureAt, featureNames } from './features.js'

const size = featureNames.length
const close = (a: number | undefined, b: number, within = 1e-9) =>
  assert.ok(Math.abs((a ?? Number.NaN) - b) <= within * Math.max(1, Math.abs(b)), `${a} is not ${b}`)
/** A row that is 0 but where it is said otherwise. */
const row = (values: Partial<Record<keyof typeof featureAt, number>>) => {
  const result = new Float64Array(size)
  for (const name of featureNames) result[featureAt[name]] = values[name] ?? 0
  return result
}
const [tdp, chips, year, nanometres] = [featureAt.tdp, featureAt.chips, featureAt.familyYear, featureAt.nanometres]

describe('the space of features', () => {
  const rows = [
    row({ tdp: 1, familyYear: 2010, nanometres: 3 }),
    row({ tdp: 3, familyYear: 2020, nanometres: 2, threadsPerCore: 1 }),
    row({ tdp: Number.NaN, familyYear: 2015, nanometres: 2.5, enclosure: 1 }),
  ]
  const space = featureSpace(rows)

  it('has means and deviations of what is known', () => {
    close(space.means[tdp], 2)
    close(space.deviations[tdp], 1, 1e-5)
    close(space.means[year], 2015)
    close(space.deviations[year], Math.sqrt(50 / 3), 1e-5)
    // What is yes or no has a step of two deviations.
    close(space.deviations[featureAt.threadsPerCore], 0.5)
    close(space.deviations[featureAt.enclosure], 0.5)
    assert.ok(space.deviations[chips]! > 0 && space.deviations[chips]! < 1e-5)
  })

  it('goes there and back, and leaves alone what is not known', () => {
    const there = space.standardise(row({ tdp: 3, chips: Number.NaN, familyYear: 2012, nanometres: 2.2 }))
    close(there[tdp], 1, 1e-5)
    assert.ok(Number.isNaN(there[chips]))
    close(space.unstandardise(year, there[year]!), 2012)
    close(space.unstandardise(nanometres, there[nanometres]!), 2.2)
  })

  it('holds year and process within what the table has', () => {
    const there = space.standardise(row({ familyYear: 2030, nanometres: 1 }))
    close(space.unstandardise(year, there[year]!), 2020)
    close(space.unstandardise(nanometres, there[nanometres]!), 2)
    const old = space.standardise(row({ familyYear: 1990, nanometres: 9 }))
    close(space.unstandardise(year, old[year]!), 1990)
    close(space.unstandardise(nanometres, old[nanometres]!), 9)
  })

  it('has 0 for the mean of what no row knows', () => {
    const none = featureSpace(rows.map((one) => one.map((value, d) => (d === tdp ? Number.NaN : value))))
    assert.equal(none.means[tdp], 0)
  })
})

describe('what is missing', () => {
  // TDP and memory go together; the deviation of each is 1 but for what keeps it above 0.
  const rows = [-1, 1, -1, 1].map((value) => row({ tdp: value, memoryPerChip: value, familyYear: 2000 }))
  const space = featureSpace(rows)
  const memory = featureAt.memoryPerChip
  const given = (values: Partial<Record<keyof typeof featureAt, number>>) =>
    space.standardise(row({ familyYear: 2000, ...values }))

  it('follows from what goes together with it', () => {
    const completed = space.complete(given({ tdp: 1, memoryPerChip: Number.NaN }))
    // The variance of four values of -1 and 1 is 4 / 3, and the ridge 0.01.
    close(completed[memory], 4 / 3 / (4 / 3 + 0.01), 1e-5)
    close(completed[tdp], 1, 1e-5)
    close(space.complete(given({ tdp: -1, memoryPerChip: Number.NaN }))[memory], -4 / 3 / (4 / 3 + 0.01), 1e-5)
  })

  it('is the mean where nothing tells of it', () => {
    const completed = space.complete(given({ tdp: Number.NaN, memoryPerChip: Number.NaN }))
    close(completed[tdp], 0)
    close(completed[memory], 0)
    assert.ok(completed.every(Number.isFinite))
  })

  it('is nothing of a row that is complete', () => {
    const whole = given({ tdp: 0.5, memoryPerChip: 2 })
    assert.deepEqual(space.complete(whole), whole)
    assert.deepEqual(space.draw(whole, 2, seededRandom(1)), [whole, whole])
  })

  it('is drawn in pairs around what is expected, as far as it may be off', () => {
    const unknown = given({ tdp: 1, memoryPerChip: Number.NaN })
    const draws = space.draw(unknown, 400, seededRandom(1)).map((features) => features[memory]!)
    const expected = space.complete(unknown)[memory]!
    for (let k = 0; k < draws.length; k += 2) close((draws[k]! + draws[k + 1]!) / 2, expected)
    const variance = draws.reduce((sum, value) => sum + (value - expected) ** 2, 0) / draws.length
    const own = 4 / 3 + 0.01
    close(Math.sqrt(variance), Math.sqrt(own - (4 / 3) ** 2 / own), 0.1)
    assert.equal(space.draw(unknown, 5, seededRandom(1)).length, 5)
    assert.deepEqual(space.draw(unknown, 4, seededRandom(7)), space.draw(unknown, 4, seededRandom(7)))
  })

  it('goes together where two are missing', () => {
    const draws = space.draw(given({ tdp: Number.NaN, memoryPerChip: Number.NaN }), 400, seededRandom(3))
    const product = draws.reduce((sum, features) => sum + features[tdp]! * features[memory]!, 0) / draws.length
    close(product, 4 / 3, 0.15)
  })
})
