import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, ModelError, messageOf } from '../core/errors.js'
import { type ConfigKey, options } from './options.js'

const defaultConfigPath = options.CONFIG_PATH.default

export type Environment = Readonly<Record<string, string | undefined>>

/** Where values come from. A test passes its own; a program passes nothing. */
export interface ConfigSources {
  /** Values of command-line options: they beat everything. */
  readonly overrides?: Readonly<Partial<Record<ConfigKey, string | undefined>>>
  readonly environment?: Environment
}

/** A value and where it was found, in words for a message. */
export interface RawSetting {
  readonly text: string
  readonly origin: string
}

const maxFileBytes = 1 << 20
const proxyKeys: ReadonlySet<string> = new Set<ConfigKey>(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'])

/** The environment of this process. Nothing outside `src/config` reads it. */
export function processEnvironment(): Environment {
  return process.env
}

/**
 * Finds a setting: the command line, then the file `CONFIG_PATH/<KEY>`, then `MODEL_CONFIG`, then the environment.
 * An empty value counts as none, as in Kepler's config maps.
 *
 * @throws ModelError `INVALID_CONFIG` when a file exists and cannot be read
 */
export function settingReader({ overrides = {}, environment = processEnvironment() }: ConfigSources) {
  const configPath = configPathOf({ overrides, environment })
  const folder = configPath?.text ?? defaultConfigPath

  const outside = (key: ConfigKey, between: () => RawSetting | undefined): RawSetting | undefined =>
    some(overrides[key], 'the command line') ??
    some(readSettingFile(join(folder, key), key), `file ${join(folder, key)}`) ??
    between() ??
    some(environment[key], `environment variable ${key}`) ??
    (proxyKeys.has(key) ? some(environment[key.toLowerCase()], `environment variable ${key.toLowerCase()}`) : undefined)

  const modelConfig = outside('MODEL_CONFIG', () => undefined)
  const lines = modelConfig ? parseModelConfig(modelConfig.text) : new Map<string, string>()

  return (key: ConfigKey): RawSetting | undefined => {
    if (key === 'MODEL_CONFIG') return modelConfig
    if (key === 'CONFIG_PATH') return configPath
    return outside(key, () => some(lines.get(key), 'MODEL_CONFIG'))
  }
}

/** The folder of setting files, where the command line or the environment names it: it cannot be set by its own files. */
export function configPathOf({
  overrides = {},
  environment = processEnvironment(),
}: ConfigSources): RawSetting | undefined {
  return (
    some(overrides.CONFIG_PATH, 'the command line') ?? some(environment.CONFIG_PATH, 'environment variable CONFIG_PATH')
  )
}

/** `KEY=value` lines; `#` starts a comment at the start of a line or after a space; later lines win. */
export function parseModelConfig(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const match = /^([^=#\s]+)\s*=\s*(.*)$/.exec(line.replace(/(^|\s)#.*$/, '').trim())
    if (match) settings.set(match[1]!, match[2]!.trim())
  }
  return settings
}

function some(text: string | undefined, origin: string): RawSetting | undefined {
  const trimmed = text?.trim()
  return trimmed ? { text: trimmed, origin } : undefined
}

function readSettingFile(file: string, key: ConfigKey): string | undefined {
  let content: Buffer
  try {
    content = readFileSync(file)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ModelError('INVALID_CONFIG', `cannot read ${key} from ${file}: ${messageOf(error)}`, {
      cause: error,
      field: key,
    })
  }
  if (content.length > maxFileBytes) {
    throw new ModelError('INVALID_CONFIG', `${key} in ${file} is ${content.length} bytes; at most ${maxFileBytes}`, {
      field: key,
    })
  }
  return content.toString('utf8')
}
