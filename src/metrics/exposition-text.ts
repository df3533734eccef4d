/** A metric as it is announced, once for all its series. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
}

/**
 * Writes Prometheus' text format for thousands of series: a registry that keeps an object for each would cost more than
 * the meter itself. A family without a series is left out.
 */
export class ExpositionText {
  #parts: string[] = []
  #open: Family | undefined

  /** All that is added until the next call belongs to this family. */
  family(family: Family): this {
    this.#open = family
    return this
  }

  /** @param labels as `labelText` made them */
  add(labels: string, value: number): this {
    const family = this.#open
    if (!family) throw new Error('a series needs a family')
    if (family !== this.#written) {
      this.#written = family
      this.#parts.push(`# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n`)
    }
    this.#parts.push(`${family.name}${labels} ${value}\n`)
    return this
  }

  #written: Family | undefined

  toString(): string {
    return this.#parts.join('')
  }
}

/** `{a="x",b="y"}`; values may hold anything, as names of programs do. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return ''
  let text = '{'
  for (let i = 0; i < names.length; i++) text += `${i === 0 ? '' : ','}${names[i]}="${escaped(values[i] ?? '')}"`
  return `${text}}`
}

function escaped(value: string): string {
  if (!/["\\\n]/.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
