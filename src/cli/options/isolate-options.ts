import { type Command, Option } from 'commander'
import type { Config } from '../../config/config.js'
import type { EnergySource } from '../../core/energy-source.js'
import { ModelError } from '../../core/errors.js'
import { parseHints } from '../../isolate/background.js'
import type { Isolator } from '../../isolate/isolator.js'
import { isolatorNamed, isolatorNameOf, isolatorNames } from '../../isolate/isolators.js'
import { knownFolder } from '../../service/writable-folder.js'
import { inputFile, responseNames } from '../inputs/data-files.js'
import { pipelineLocation } from '../inputs/pipeline-path.js'
import type { CliIo } from '../terminal/io.js'

export interface IsolateOptions {
  readonly isolator: string
  readonly profile?: string
  readonly targetHints?: string
  readonly bgHints?: string
  readonly absPipelineName?: string
}

export function addIsolateOptions(command: Command): Command {
  return command
    .addOption(new Option('--isolator <name>', `one of ${isolatorNames.join(', ')}`).default('auto'))
    .option('--profile <file>', 'for profile and auto: a profile, or the response of an idle node, in the data folder')
    .option('--target-hints <texts>', 'containers with one of these in their names are workload, all others background')
    .option('--bg-hints <texts>', 'containers with one of these in their names are background')
    .option(
      '--abs-pipeline-name <name>',
      'for trainer: the pipeline (name, folder or zip) whose AbsPower models predict the background (default: that of the source)',
    )
}

/** The isolator that the options describe. @throws ModelError `INVALID_REQUEST` when it lacks something */
export async function isolatorOf(
  io: CliIo,
  config: Config,
  options: IsolateOptions,
  source: EnergySource,
): Promise<Isolator> {
  const rule = { targetHints: parseHints(options.targetHints), bgHints: parseHints(options.bgHints) }
  return isolatorNamed(isolatorNameOf(options.isolator), {
    rule,
    hasProfile: options.profile !== undefined,
    // Both are loaded when they are needed: every command would start more slowly for them.
    async profile() {
      const { readProfile } = await import('../inputs/profile-input.js')
      if (options.profile === undefined) {
        throw new ModelError('INVALID_REQUEST', 'the profile isolator needs --profile, see `kepler-model profile`', {
          field: 'profile',
        })
      }
      const path = inputFile(config.DATAPATH, options.profile, responseNames(options.profile), 'profile')
      return readProfile(io, path, config)
    },
    async models() {
      const { backgroundModels, backgroundModelsAt } = await import('../../jobs/background-models.js')
      if (options.absPipelineName !== undefined) {
        const location = pipelineLocation(options.absPipelineName, config, 'abs-pipeline-name')
        return backgroundModelsAt(location, config.ERROR_KEY, source)
      }
      const folder = { modelPath: knownFolder(config, 'MODEL_PATH'), errorKey: config.ERROR_KEY }
      return backgroundModels(folder, source)
    },
  })
}
