import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ModelError } from '../../src/core/errors.js'
import { readResponse } from '../../src/prometheus/read.js'

const seed = 20261123

const sampleText = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.nat(), fc.nat({ max: 999_999 })).map(([whole, part]) => `${whole}.${part}`),
  fc.constantFrom('NaN', '+Inf', '-Inf', '0.1', '9007199254740993', '0.30000000000000004', '5e-324', '.5'),
)
const series = fc.record({
  metric: fc.dictionary(
    fc.string({ unit: 'grapheme', maxLength: 8 }).filter((k) => k !== '__proto__'),
    fc.string({ unit: 'binary', maxLength: 12 }),
    { maxKeys: 5 },
  ),
  values: fc.array(fc.tuple(fc.oneof(fc.nat(), fc.double({ min: 0, max: 2e9, noNaN: true })), sampleText), {
    maxLength: 40,
  }),
})
const response = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), fc.array(series, { maxLength: 4 }), { maxKeys: 4 })

const numberOf = (text: string) =>
  text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : text === 'NaN' ? Number.NaN : Number(text)

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length))
}

describe('streaming reader', () => {
  it('reads what JSON.parse reads, however the text is spelled and cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        response,
        fc.nat({ max: 3 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        async (value, indent, cuts) => {
          const bytes = Buffer.from(JSON.stringify(value, null, indent))
          const read = await readResponse(pieces(bytes, cuts))
          const expected = Object.entries(JSON.parse(bytes.toString()) as typeof value)
          assert.deepEqual(
            [...read.series.keys()],
            expected.map(([name]) => name),
          )
          for (const [name, list] of expected) {
            const ours = read.series.get(name)!
            assert.deepEqual(
              ours.map(({ labels }) => ({ ...labels })),
              list.map(({ metric }) => ({ ...metric })),
            )
            list.forEach(({ values }, i) => {
              assert.deepEqual(
                [...ours[i]!.timestamps],
                values.map(([time]) => time),
              )
              assert.deepEqual(
                [...ours[i]!.values],
                values.map(([, text]) => numberOf(text)),
              )
            })
          }
        },
      ),
      { seed, numRuns: 300 },
    )
  })

  it('answers any mutation of a response with a response or a clear error', async () => {
    const good = Buffer.from(
      JSON.stringify({
        kepler_a: [
          { metric: { job: 'é\n' }, values: Array.from({ length: 12 }, (_, i) => [1700000000 + i, `${i}.5`]) },
        ],
        kepler_b: [{ metric: {}, values: [[1, 'NaN']] }],
      }),
    )
    const edit = fc.tuple(fc.constantFrom('set', 'cut', 'repeat'), fc.nat(), fc.nat({ max: 255 }))
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean(), async (edits, all) => {
        let bytes = Buffer.from(good)
        for (const [kind, where, what] of edits) {
          const at = where % bytes.length
          if (kind === 'set') bytes[at] = what
          else if (kind === 'cut') bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + (what % 20))])
          else bytes = Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(Math.max(0, at - (what % 20)))])
          if (bytes.length === 0) return
        }
        try {
          const read = await readResponse([bytes], { wants: (metric) => all || metric === 'kepler_a' })
          assert.ok(read.samples <= bytes.length)
        } catch (error) {
          assert.ok(error instanceof ModelError, String(error))
          assert.match(error.message, /^Prometheus response: .* at byte \d+$/s)
        }
      }),
      { seed, numRuns: 5000 },
    )
  })
})
