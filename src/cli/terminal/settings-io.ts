import { loadConfig, showConfig } from '../../config/config.js'
import type { Environment } from '../../config/sources.js'
import { unusedSettings } from '../../config/unused-settings.js'
import type { CliIo } from './io.js'

/** How a command reads settings. What was given and is not used becomes a warning on stderr, or goes to `onUnused`. */
export function settingsIo(
  stderr: CliIo['stderr'],
  environment?: Environment,
): Pick<CliIo, 'loadConfig' | 'showConfig'> {
  const sources = environment === undefined ? {} : { environment }
  const warned = new Set<string>()
  return {
    loadConfig(overrides = {}, onUnused = (warning) => void stderr.write(`warning: ${warning}\n`)) {
      const config = loadConfig({ ...sources, overrides })
      for (const warning of unusedSettings({ ...sources, overrides })) {
        if (!warned.has(warning)) onUnused(warning)
        warned.add(warning)
      }
      return config
    },
    showConfig: (overrides = {}) => showConfig({ ...sources, overrides }),
  }
}
