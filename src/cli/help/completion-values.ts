import { energySources } from '../../core/energy-source.js'
import { groupFeatures } from '../../core/feature-group.js'
import { outputTypes } from '../../core/output-type.js'
import { isolatorNames } from '../../isolate/isolators.js'
import { trainerNames } from '../../regression/trainers.js'

const groups = [...Object.keys(groupFeatures), 'ThirdParty']

/**
 * Values that the shell completes for options that take others too: lists of names, names of the original, aliases. By the
 * long form of the option, which means the same in every command.
 */
export const completionValues: Readonly<Record<string, readonly string[]>> = {
  '--trainers': trainerNames,
  '--abs-trainers': trainerNames,
  '--dyn-trainers': trainerNames,
  '--trainer': trainerNames,
  '--model-name': trainerNames,
  '--isolator': isolatorNames,
  '--energy-source': energySources,
  '--source': energySources,
  '--output-type': outputTypes,
  '--feature-group': groups,
  '--log-level': ['debug', 'info', 'warn', 'error'],
  '--log-format': ['auto', 'json', 'text'],
}
