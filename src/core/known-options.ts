import { ModelError, quote } from './errors.js'

/** The names of all options of an interface: one that is added there and not here does not compile. */
type AllNames<T, Names extends readonly unknown[]> = [keyof T] extends [Names[number]] ? Names : never

/**
 * Refuses options that a function of the library does not have, which JavaScript would pass over in silence.
 *
 * @throws ModelError `INVALID_REQUEST` whose `field` is the option, with those that there are
 */
export function expectKnownOptions<T extends object, const Names extends readonly (string & keyof T)[]>(
  where: string,
  options: T,
  names: AllNames<T, Names>,
): void {
  const known: readonly string[] = names
  const unknown = Object.keys(options).find((option) => !known.includes(option))
  if (unknown === undefined) return
  throw new ModelError(
    'INVALID_REQUEST',
    `${where} has no option ${quote(unknown)}; there are: ${known.join(', ') || 'none'}`,
    { field: unknown },
  )
}
