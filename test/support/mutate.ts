/** A generator of uniform numbers in [0, 1) from a seed (mulberry32), so that a failure can be run again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const oddTexts = [
  'NaN',
  '-Infinity',
  '1e999',
  'null',
  '"__proto__"',
  '[[[[',
  '\u0000',
  '\ufffd',
  '-0',
  '{"a":{}}',
  '""',
  '\\u00',
]
const oddValues: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  2 ** 53,
  0.1,
  '',
  ' ',
  'x'.repeat(5000),
  [],
  [[]],
  {},
  { toString: 1 },
  ['', null],
]

/** Some bytes of a valid JSON text changed, cut, repeated or replaced by what parsers trip over. */
export function mutateText(text: string, random: () => number): Buffer {
  let bytes = Buffer.from(text)
  const times = 1 + Math.floor(random() * 4)
  for (let i = 0; i < times; i++) {
    const at = Math.floor(random() * (bytes.length + 1))
    const until = Math.min(bytes.length, at + Math.floor(random() * 20))
    const insert = [
      () => Buffer.from([Math.floor(random() * 256)]),
      () => Buffer.from(pick(oddTexts, random)),
      () => Buffer.alloc(0),
      () => Buffer.concat([bytes.subarray(at, until), bytes.subarray(at, until)]),
    ]
    bytes = Buffer.concat([bytes.subarray(0, at), pick(insert, random)(), bytes.subarray(until)])
  }
  return bytes
}

/** A copy of a request with some of its values, at any depth, replaced, removed, or moved to another key. */
export function mutateValue(value: object, random: () => number): object {
  const copy = structuredClone(value)
  const times = 1 + Math.floor(random() * 3)
  for (let i = 0; i < times; i++) {
    let at: object = copy
    for (;;) {
      const keys = Object.keys(at)
      if (keys.length === 0) break
      const key = pick(keys, random)
      const child: unknown = Reflect.get(at, key)
      if (typeof child === 'object' && child !== null && random() < 0.6) {
        at = child
        continue
      }
      const change = random()
      if (change < 0.2) Reflect.deleteProperty(at, key)
      else if (change < 0.3) Reflect.set(at, `${key}x`, child)
      else Reflect.set(at, key, structuredClone(pick(oddValues, random)))
      break
    }
  }
  return copy
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!
}
