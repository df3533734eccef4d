import { ModelError, quote } from './errors.js'

/** The options of an interface by name: an option that is added there and not here does not compile. */
export type OptionNames<T> = Readonly<Record<keyof Required<T>, true>>

/**
 * Refuses options that a function of the library does not have, which JavaScript would pass over in silence.
 *
 * @throws ModelError `INVALID_REQUEST` whose `field` is the option, with those that there are
 */
export function expectKnownOptions<T extends object>(where: string, options: T, names: OptionNames<T>): void {
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(names, option))
  if (unknown === undefined) return
  const known = Object.keys(names).join(', ') || 'none'
  throw new ModelError('INVALID_REQUEST', `${where} has no option ${quote(unknown)}; there are: ${known}`, {
    field: unknown,
  })
}
