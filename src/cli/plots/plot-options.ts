import type { Config } from '../../config/config.js'
import type { OutputType } from '../../core/output-type.js'
import type { ExtractorName } from '../../extract/extractor.js'
import type { ThemeName } from '../../plot/themes.js'
import type { IsolateOptions } from '../options/isolate-options.js'
import { meterFlags } from '../options/measurement-options.js'
import type { CliIo } from '../terminal/io.js'

/** The settings that `plot` and `report` have options for. */
export const plotSettings = {
  DATAPATH: '--data-path <folder>',
  MODEL_PATH: '--model-path <folder>',
  VM_JOB_NAME: '--vm-job <name>',
  ...meterFlags,
} as const

/** What commander makes of the options of `kepler-model plot`. */
export interface PlotOptions extends IsolateOptions {
  readonly targetData?: string
  readonly input?: string
  readonly output?: string
  readonly pipelineName: string
  readonly energySource?: string
  readonly outputType?: OutputType
  readonly featureGroup?: string
  readonly modelName?: string
  readonly nodeType?: string
  readonly error: string
  readonly extractor: ExtractorName
  readonly vmTrain?: boolean
  readonly instance?: string
  readonly vocabulary?: string
  readonly theme: ThemeName
  readonly width: string
  readonly scale: string
  readonly json?: boolean
}

/** What every kind of plot is given. */
export interface PlotContext {
  readonly io: CliIo
  readonly config: Config
  readonly options: PlotOptions
}
