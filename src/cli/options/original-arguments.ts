import type { SettingFlags } from './setting-options.js'

/** Options of the original's programs that stand for settings, spelled as it spells them. */
export const originalFlags: SettingFlags = {
  LOG_LEVEL: '-l, --log-level <level>',
  CONFIG_PATH: '-c, --config-dir <folder>',
  LOG_FORMAT: '--log-format <format>',
}

/** Programs that stand where the original's stood. */
const programs = ['estimator', 'model-server', 'offline-trainer', 'online-trainer']

/**
 * Splits off what manifests of the original leave in front of the options when only the image is replaced: Python's `-u`,
 * the path of a program in the original's image (`src/kepler_model/estimate/estimator.py`), a repeated program name.
 *
 * @param program the name that was started
 */
export function withoutLeftovers(
  program: string,
  args: readonly string[],
): { readonly args: readonly string[]; readonly leftovers: readonly string[] } {
  const isSubcommand = program === 'kepler-model' && programs.includes(args[0] ?? '')
  if (!isSubcommand && !programs.includes(program)) return { args, leftovers: [] }
  const [name, rest] = isSubcommand ? [args[0]!, args.slice(1)] : [program, args]
  const end = rest.findIndex((arg) => !isLeftover(arg, name))
  const kept = end < 0 ? [] : rest.slice(end)
  return { args: isSubcommand ? [name, ...kept] : kept, leftovers: end < 0 ? rest : rest.slice(0, end) }
}

function isLeftover(arg: string, name: string): boolean {
  return arg === '-u' || arg === name || /^(?:\/?(?:\w+\/)*bin\/)?python3?(?:\.\d+)?$/.test(arg) || /\.py$/.test(arg)
}
