import { errorIn, ModelError } from '../../core/errors.js'

/** What reading an archive threw, with its name where it is damaged: what is wrong in a zip does not say in which. */
export function damagedIn(named: string, error: unknown): unknown {
  return error instanceof ModelError && error.code === 'INVALID_ARCHIVE' ? errorIn(named, error) : error
}
