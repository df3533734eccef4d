import type { EnergySource } from '../../core/energy-source.js'
import { ModelError } from '../../core/errors.js'
import { isKnown } from '../../machine/spec.js'
import type { Logger } from '../../runtime/ports.js'
import type { ModelRequest } from '../model-request.js'
import type { ModelSelection, ServedModel } from '../model-selector.js'
import type { UniversalModels } from './universal-models.js'

/**
 * Sources of which the universal model is nearer to a machine than the most similar other machine of the published
 * pipelines: docs/universal-accuracy.md has the figures, by `npm run bench -- universal`.
 */
export const betterThanSimilar: ReadonlySet<EnergySource> = new Set(['acpi'])

/** Whether a model is of another machine than the one that a request describes: of another processor. */
export function isOfAnotherMachine(
  { match, machineSpec }: Pick<ModelSelection, 'match' | 'machineSpec'>,
  { machineSpec: wanted, nodeType }: Pick<ModelRequest, 'machineSpec' | 'nodeType'>,
): boolean {
  // Who names a node type wants that one.
  if (nodeType >= 0 || !isKnown(wanted)) return false
  if (match?.how !== 'similar' && match?.how !== 'fallback') return false
  // A pipeline that does not say what machine it was trained on is one that its users trained, mostly on their own.
  if (machineSpec?.processor === undefined) return false
  return wanted.processor?.toLowerCase() !== machineSpec.processor.toLowerCase()
}

/** The universal model where a request finds no other, or only one of another machine that it is better than. */
export function universalInstead(
  universal: UniversalModels,
  request: ModelRequest,
  found: ServedModel | undefined,
  logger: Logger,
): ServedModel | undefined {
  if (!found) return universal.find(request)
  if (!betterThanSimilar.has(request.source) || !isOfAnotherMachine(found.selection, request)) return undefined
  try {
    return universal.find(request)
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'INVALID_REQUEST') throw error
    // No machine is like that: the most similar one is all that there is.
    logger.debug({ machineSpec: request.machineSpec, reason: error.message }, 'no universal model of this machine')
    return undefined
  }
}
