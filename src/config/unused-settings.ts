import { readdirSync } from 'node:fs'
import { quote } from '../core/errors.js'
import { nearestName } from './nearest-name.js'
import { options } from './options.js'
import { type ConfigSources, configPathOf, parseModelConfig, settingReader } from './sources.js'

/** What Kepler itself reads from the same config map and from MODEL_CONFIG, so that its keys there are no mistake. */
const keysOfKepler = [
  /^(?:CONTAINER|PROCESS|NODE|POD|VM)_(?:TOTAL|COMPONENTS)_(?:ESTIMATOR|MODEL|TRAINER|FILTERS|INIT_URL)$/,
  /^(?:KEPLER|ENABLE|EXPOSE|EXPERIMENTAL|REDFISH|CPU_ARCH|MAX_LOOKUP|DISABLE|CRI|LIBBPF)_[A-Z_]+$/,
  /^(?:METRIC_PATH|BIND_ADDRESS|SAMPLE_PERIOD_SEC|KUBE_CONFIG|CGROUP_METRICS|ESTIMATOR_[A-Z_]+|MACHINE_SPEC_FILE_PATH)$/,
  /^(?:PROMETHEUS_SCRAPE_INTERVAL|MODEL_SERVER_(?:ENDPOINT|MODEL_REQ_PATH|MODEL_LIST_PATH)|(?:PROC|SYS)_DIR)$/,
  /^(?:EXCLUDE_SWAPPER_PROCESS|MOCK_ACPI_POWER_PATH|NVIDIA_HOSTENGINE_ENDPOINT|LIBVIRT_METADATA_(?:TOKEN|URI))$/,
  /^(?:CORE|DRAM|UNCORE|GENERAL|GPU)_USAGE_METRIC$/,
]

const names = Object.keys(options)

/**
 * What was given and is not used: files in CONFIG_PATH and lines of MODEL_CONFIG that are no setting, and a folder on
 * the command line that is not there. One sentence each, for a warning. Values are not shown, since they may be secrets.
 */
export function unusedSettings(sources: ConfigSources = {}): readonly string[] {
  return [...unusedFiles(sources), ...unusedLines(settingReader(sources)('MODEL_CONFIG')?.text)]
}

function unusedFiles(sources: ConfigSources): readonly string[] {
  const folder = configPathOf(sources)?.text ?? options.CONFIG_PATH.default
  let files: readonly string[]
  try {
    files = readdirSync(folder)
  } catch {
    // From the environment it may be that of an image, where a config map is mounted or is not.
    if (sources.overrides?.CONFIG_PATH === undefined) return []
    return [`--config-dir ${quote(folder)} cannot be read: no settings are taken from it`]
  }
  // Kubernetes keeps the versions of a config map in folders whose names begin with dots.
  return files.filter((file) => !file.startsWith('.')).flatMap((file) => unknownKey(file, `file ${folder}/${file}`))
}

function unusedLines(text: string | undefined): readonly string[] {
  if (text === undefined) return []
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, '').trim())
  const noAssignments = lines.filter((line) => line !== '' && parseModelConfig(line).size === 0)
  return [
    ...noAssignments.map((line) => `MODEL_CONFIG: ${quote(line.split('=')[0])} is not KEY=value`),
    ...[...parseModelConfig(text).keys()].flatMap((key) => unknownKey(key, 'MODEL_CONFIG')),
  ]
}

/** Is it one of our settings, or one that Kepler reads from the same config map? */
export function isKnownSetting(key: string): boolean {
  return names.includes(key) || keysOfKepler.some((pattern) => pattern.test(key))
}

function unknownKey(key: string, origin: string): readonly string[] {
  if (isKnownSetting(key)) return []
  const nearest = nearestName(key, names)
  const hint = nearest === undefined ? 'see kepler-model config for all settings' : `did you mean ${nearest}?`
  return [`unknown setting ${quote(key)} in ${origin}: ${hint}`]
}
