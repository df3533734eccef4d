import { ModelError, quote } from './errors.js'

/** `<Trainer>_<node type>`, e.g. `GradientBoostingRegressorTrainer_1`. */
export interface ModelName {
  readonly trainer: string
  readonly nodeType: number
}

/** The node type that means "any". */
export const anyNodeType = -1

export function formatModelName({ trainer, nodeType }: ModelName): string {
  return `${trainer}_${nodeType}`
}

/** @throws ModelError `INVALID_ARCHIVE` when the name does not end in `_<integer>` */
export function parseModelName(name: string): ModelName {
  const match = /^([A-Za-z][A-Za-z0-9]*)_(-?\d{1,9})$/.exec(name)
  if (!match) {
    throw new ModelError('INVALID_ARCHIVE', `model name ${quote(name)} is not of the form <Trainer>_<node type>`)
  }
  return { trainer: match[1]!, nodeType: Number(match[2]) }
}
