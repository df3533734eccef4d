import { type Command, Option } from 'commander'
import { defaultText } from '../../config/config.js'
import { type ConfigKey, options } from '../../config/options.js'
import type { SettingOverrides } from '../terminal/io.js'

/** The port of `--http` when it is given without one. */
export const defaultHttpPort = '8101'

/** Which settings a command has options for, e.g. `{ MODEL_SERVER_PORT: '--port <port>' }`. */
export type SettingFlags = Readonly<Partial<Record<ConfigKey, string>>>

/** Adds options whose help comes from the table of settings. */
export function addSettingOptions(command: Command, flags: SettingFlags): Command {
  for (const [key, option] of settingOptions(flags)) {
    const byDefault = defaultText(key)
    const plain = options[key].description.replaceAll('`', '')
    option.description = `${plain} [${key}${byDefault === '' ? '' : `, default ${byDefault.replaceAll('`', '')}`}]`
    command.addOption(option)
  }
  return command
}

/** The values that the user gave, as values of the settings. An option with a list may be repeated. */
export function settingOverrides(command: Command, flags: SettingFlags): SettingOverrides {
  return Object.fromEntries(
    settingOptions(flags).flatMap(([key, option]) => {
      const given: unknown = command.getOptionValue(option.attributeName())
      if (given === undefined) return []
      return [
        [key, Array.isArray(given) ? given.join(options[key].kind.startsWith('semicolon') ? ';' : ',') : String(given)],
      ]
    }),
  )
}

function settingOptions(flags: SettingFlags): readonly (readonly [ConfigKey, Option])[] {
  return (Object.keys(flags) as ConfigKey[]).map((key) => {
    const option = new Option(flags[key]!)
    if (/(comma|semicolon)-separated$/.test(options[key].kind)) {
      option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
    }
    // Only `--http [port]` has a value that may be left out.
    if (option.optional) option.preset(defaultHttpPort)
    return [key, option] as const
  })
}
