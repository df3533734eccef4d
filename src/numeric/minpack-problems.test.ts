import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { levenbergMarquardt, type MarquardtOptions } from './levenberg-marquardt.js'

interface Problem {
  readonly name: string
  readonly start: readonly number[]
  readonly residuals: (p: Float64Array) => readonly number[]
  readonly parameters: readonly number[]
  readonly length: number
  /** `nfev` of `scipy.optimize.leastsq`, which is MINPACK's lmdif, with the same tolerances. */
  readonly evaluations: number
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)
const bard = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39]
const kowalik = [
  [4, 0.1957],
  [2, 0.1947],
  [1, 0.1735],
  [0.5, 0.16],
  [0.25, 0.0844],
  [0.167, 0.0627],
  [0.125, 0.0456],
  [0.1, 0.0342],
  [0.0833, 0.0323],
  [0.0714, 0.0235],
  [0.0625, 0.0246],
] as const
const meyer = [
  34_780, 28_610, 23_650, 19_630, 16_370, 13_720, 11_540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872,
]

// Moré, Garbow and Hillstrom, Testing Unconstrained Optimization Software, 1981.
const problems: readonly Problem[] = [
  {
    name: 'Rosenbrock',
    start: [-1.2, 1],
    residuals: ([a = 0, b = 0]) => [10 * (b - a * a), 1 - a],
    parameters: [1, 1],
    length: 0,
    evaluations: 54,
  },
  {
    name: 'Freudenstein and Roth',
    start: [0.5, -2],
    residuals: ([a = 0, b = 0]) => [-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((1 + b) * b - 14) * b],
    parameters: [11.412484458440325, -0.8968279141291072],
    length: 6.998875175845869,
    evaluations: 30,
  },
  {
    name: 'helical valley',
    start: [-1, 0.0001, 0],
    residuals: ([a = 0, b = 0, c = 0]) => [
      10 * (c - 10 * (Math.atan2(b, a) / (2 * Math.PI))),
      10 * (Math.hypot(a, b) - 1),
      c,
    ],
    parameters: [1, 0, 0],
    length: 0,
    evaluations: 35,
  },
  {
    name: 'Bard',
    start: [1, 1, 1],
    residuals: ([a = 0, b = 0, c = 0]) =>
      bard.map((y, i) => y - (a + (i + 1) / ((15 - i) * b + Math.min(i + 1, 15 - i) * c))),
    parameters: [0.0824105772024122, 1.1330366770627258, 2.3436946161193224],
    length: 0.09063596033904767,
    evaluations: 21,
  },
  {
    name: 'Kowalik and Osborne',
    start: [0.25, 0.39, 0.415, 0.39],
    residuals: ([a = 0, b = 0, c = 0, d = 0]) =>
      kowalik.map(([u, y]) => y - (a * (u * u + u * b)) / (u * u + u * c + d)),
    parameters: [0.1928078100477675, 0.19126267960106344, 0.12305281407183373, 0.1360532320577281],
    length: 0.01753583772107829,
    evaluations: 82,
  },
  {
    name: 'Meyer',
    start: [0.02, 4000, 250],
    residuals: ([a = 0, b = 0, c = 0]) => meyer.map((y, i) => a * Math.exp(b / (50 + 5 * i + c)) - y),
    parameters: [0.005609636515817499, 6181.346339597956, 345.2236343978285],
    length: 9.377945146505192,
    evaluations: 474,
  },
  {
    name: 'Jennrich and Sampson',
    start: [0.3, 0.4],
    residuals: ([a = 0, b = 0]) => upTo(10).map((i) => 4 + 2 * i - (Math.exp((i + 1) * a) + Math.exp((i + 1) * b))),
    parameters: [0.2578199265274852, 0.2578299767615815],
    length: 11.151779341350172,
    evaluations: 45,
  },
  {
    name: 'exponential with an offset',
    start: [1, 0.1, 0],
    residuals: ([a = 0, b = 0, c = 0]) => upTo(9).map((i) => a * Math.exp((b * i) / 4) + c - (3 * Math.exp(i / 8) + 2)),
    parameters: [3, 0.5, 2],
    length: 0,
    evaluations: 31,
  },
]

function run({ start, residuals }: Pick<Problem, 'start' | 'residuals'>, options: MarquardtOptions = {}) {
  let calls = 0
  const count = residuals(Float64Array.from(start)).length
  const found = levenbergMarquardt(
    (p, out) => {
      calls++
      out.set(residuals(p))
    },
    start,
    count,
    options,
  )
  return { ...found, calls }
}

describe('levenbergMarquardt goes the way of MINPACK', () => {
  for (const problem of problems) {
    it(`for ${problem.name}`, () => {
      const { parameters, residualLength, evaluations, converged, calls } = run(problem)
      assert.equal(evaluations, problem.evaluations)
      assert.equal(calls, evaluations, 'evaluations are counted')
      assert.ok(converged)
      assert.ok(Math.abs(residualLength - problem.length) <= 1e-9 * Math.max(1, problem.length), `${residualLength}`)
      problem.parameters.forEach((value, j) => {
        assert.ok(Math.abs(parameters[j]! - value) <= 1e-6 * Math.max(1, Math.abs(value)), `${j}: ${parameters[j]}`)
      })
    })
  }

  // Each pair of scipy as well: factor and evaluations.
  for (const [name, factor, evaluations] of [
    ['Rosenbrock', 0.1, 52],
    ['Rosenbrock', 1, 48],
    ['Rosenbrock', 10, 54],
    ['Bard', 0.1, 29],
    ['Freudenstein and Roth', 0.1, 39],
    ['Kowalik and Osborne', 0.1, 97],
  ] as const) {
    it(`for ${name} with a first radius of ${factor}`, () => {
      assert.equal(run(problems.find((one) => one.name === name)!, { factor }).evaluations, evaluations)
    })
  }

  // Tolerances of the sum of squares and of the parameters, and scipy's evaluations with these and no other.
  for (const [name, ftol, xtol, evaluations] of [
    ['Bard', 1e-3, 0, 21],
    ['Bard', 0, 1e-3, 21],
    ['Bard', 1e-10, 1e-10, 25],
    ['Freudenstein and Roth', 1e-3, 0, 12],
    ['Freudenstein and Roth', 0, 1e-3, 22],
    ['Freudenstein and Roth', 1e-10, 1e-10, 43],
  ] as const) {
    it(`for ${name} with tolerances of ${ftol} and ${xtol}`, () => {
      const found = run(problems.find((one) => one.name === name)!, { ftol, xtol })
      assert.deepEqual([found.evaluations, found.converged], [evaluations, true])
    })
  }

  it('as far as rounding lets it where there is no tolerance', () => {
    const freudenstein = run(problems.find(({ name }) => name === 'Freudenstein and Roth')!, { ftol: 0, xtol: 0 })
    assert.deepEqual([freudenstein.evaluations, freudenstein.converged], [77, false])
    // Of a line the second gradient is rounding.
    const residuals = ([a = 0]: Float64Array) => upTo(5).map((i) => a * i - (2 * i + (i % 2)))
    const line = run({ start: [1], residuals }, { ftol: 0, xtol: 0 })
    assert.deepEqual([line.evaluations, line.converged], [5, false])
    assert.ok(Math.abs(line.parameters[0]! - 32 / 15) < 1e-12)
  })

  it('with other tolerances', () => {
    const [rosenbrock] = problems
    const evaluations = (ftol: number, xtol: number) => run(rosenbrock!, { ftol, xtol }).evaluations
    assert.deepEqual([evaluations(0.5, 0), evaluations(0, 0.5), evaluations(0, 1e-3)], [9, 4, 54])
  })

  it('from a start of zeros, where the radius is the factor itself', () => {
    assert.equal(run({ start: [0, 0], residuals: problems[0]!.residuals }).evaluations, 35)
  })

  it('and stops when the evaluations run out', () => {
    const few = run(problems[0]!, { maxEvaluations: 20 })
    assert.equal(few.converged, false)
    assert.ok(few.evaluations >= 20 && few.evaluations < 20 + 4)
  })

  it('and needs no residual of a start that is exact, nor a gradient', () => {
    const exact = run({ start: [1, 1], residuals: problems[0]!.residuals })
    assert.deepEqual([exact.residualLength, exact.converged, exact.evaluations], [0, true, 3])
    const flat = run({ start: [0], residuals: () => [3, 4] })
    assert.deepEqual([flat.residualLength, flat.converged, flat.evaluations], [5, true, 2])
  })
})
