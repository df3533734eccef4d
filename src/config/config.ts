import { join } from 'node:path'
import { ModelError, messageOf } from '../core/errors.js'
import { shownValue } from './option.js'
import { type ConfigKey, options } from './options.js'
import { type ConfigSources, settingReader } from './sources.js'

type Values = { readonly [K in ConfigKey]: (typeof options)[K]['default'] }

/** Every setting, parsed, under the name of its environment variable. Frozen. */
export type Config = Omit<Values, keyof typeof belowMount> & {
  readonly [K in keyof typeof belowMount]: string
}

/** Folders that lie below `MNT_PATH` unless they are set. */
export const belowMount = { MODEL_PATH: 'models', JOBS_PATH: 'jobs', ONLINE_HISTORY_PATH: 'history' } as const

/** A setting as `kepler-model config` shows it. */
export interface ShownSetting {
  readonly key: ConfigKey
  readonly value: string
  readonly origin: string
}

const configKeys = Object.keys(options) as ConfigKey[]

/**
 * Reads every setting from where it is given first: command line, `CONFIG_PATH/<KEY>`, `MODEL_CONFIG`, environment, default.
 *
 * @throws ModelError `INVALID_CONFIG` naming the key, the value and where it came from
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const read = settingReader(sources)
  const parsed = Object.fromEntries(configKeys.map((key) => [key, parseSetting(key, read)]))
  // The table maps each key to the type of its own parse function, which Object.fromEntries cannot say.
  const values = parsed as Values
  const folder = (key: keyof typeof belowMount) => values[key] ?? join(values.MNT_PATH, belowMount[key])
  return Object.freeze({
    ...values,
    MODEL_PATH: folder('MODEL_PATH'),
    JOBS_PATH: folder('JOBS_PATH'),
    ONLINE_HISTORY_PATH: folder('ONLINE_HISTORY_PATH'),
  })
}

/** Every setting with its value and origin, secrets masked. */
export function showConfig(sources: ConfigSources = {}): readonly ShownSetting[] {
  const read = settingReader(sources)
  return configKeys.map((key) => {
    const raw = read(key)
    if (raw) return { key, value: shownValue(options[key], raw.text), origin: raw.origin }
    return { key, value: defaultText(key).replaceAll('`', ''), origin: 'default' }
  })
}

/** The default of a setting as programs read it. */
export function defaultConfig<K extends ConfigKey>(key: K): (typeof options)[K]['default'] {
  return options[key].default
}

/** The default as people read it; '' when there is none. */
export function defaultText(key: ConfigKey): string {
  const row = options[key]
  return row.defaultText ?? (row.default === undefined ? '' : String(row.default))
}

function parseSetting(key: ConfigKey, read: ReturnType<typeof settingReader>): unknown {
  const raw = read(key)
  if (!raw) return options[key].default
  try {
    return options[key].parse(raw.text)
  } catch (error) {
    const value = shownValue(options[key], raw.text)
    throw new ModelError('INVALID_CONFIG', `${key}=${value} from ${raw.origin}: ${messageOf(error)}`, {
      cause: error,
      field: key,
    })
  }
}
