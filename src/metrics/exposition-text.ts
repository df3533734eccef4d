/** A metric as it is announced, once for all its series. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
}

const firstSize = 65_536

/**
 * Writes Prometheus' text format for thousands of series into bytes that are used again: a registry that keeps an object
 * for each series, or strings that are put together, would cost more than all the rest of a meter. A family without a
 * series is left out.
 */
export class ExpositionText {
  #bytes = Buffer.allocUnsafeSlow(firstSize)
  #length = 0
  #family: Family | undefined
  #announced: Family | undefined

  clear(): void {
    this.#length = 0
    this.#family = undefined
    this.#announced = undefined
  }

  /** All that is added until the next call belongs to this family. */
  family(family: Family): this {
    this.#family = family
    return this
  }

  /** @param labels as `labelText` made them */
  add(labels: string, value: number): this {
    const family = this.#family
    if (!family) throw new Error('a series needs a family')
    if (family !== this.#announced) {
      this.#announced = family
      this.text(`# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n`)
    }
    this.text(family.name)
    this.text(labels)
    this.text(` ${value}\n`)
    return this
  }

  /** Any text, e.g. of another registry. */
  text(text: string): void {
    // A character takes three bytes at most: surrogates take four for two.
    const most = this.#length + text.length * 3
    if (most > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], most * 2)
    this.#length += this.#bytes.write(text, this.#length)
  }

  /** What was written. Valid until `clear`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  toString(): string {
    return this.bytes.toString('utf8')
  }
}

/** `{a="x",b="y"}`; values may hold anything, as names of programs do. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return ''
  return `{${names.map((name, index) => `${name}="${escaped(values[index] ?? '')}"`).join(',')}}`
}

function escaped(value: string): string {
  if (!/["\\\n]/.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
