/**
 * The numbers of a model's metadata: `mae`, `mape`, `<component>_mae`, … Thousands of models have the same keys, so the
 * list of keys is shared; the values are in the same order.
 */
export interface MetadataNumbers {
  readonly keys: readonly string[]
  readonly values: readonly number[]
}

/** One number; `undefined` when it is absent or negative, which is how metadata says that there was no data. */
export function metadataNumber({ keys, values }: MetadataNumbers, name: string): number | undefined {
  const value = values[keys.indexOf(name)] ?? -1
  return value >= 0 ? value : undefined
}

/** All numbers that say something. */
export function metadataRecord(numbers: MetadataNumbers): Readonly<Record<string, number>> {
  return Object.fromEntries(
    numbers.keys.flatMap((key) => {
      const value = metadataNumber(numbers, key)
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

/** The finite numbers of a metadata document. `node_type` is a name and no measure. */
export function metadataNumbersOf(
  metadata: Readonly<Record<string, unknown>>,
  intern: (keys: readonly string[]) => readonly string[],
): MetadataNumbers {
  const pairs = Object.entries(metadata).filter(
    (pair): pair is [string, number] => Number.isFinite(pair[1]) && pair[0] !== 'node_type',
  )
  return { keys: intern(pairs.map(([key]) => key)), values: pairs.map(([, value]) => value) }
}
