import type { ModelRow } from '../../api/answers.js'

/** A request that asks a server for the same estimate, to paste into a shell. */
export function curlCommand(server: string, route: string, body: object): string {
  return `curl -s ${quoted(new URL(route, server).href)} -d ${quoted(JSON.stringify(body))}`
}

/** Between single quotes, where nothing has a meaning to the shell; letters and the like need none. */
function quoted(text: string): string {
  return /^[\w:/.,@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

type Wanted = Pick<ModelRow, 'output_type' | 'source' | 'trainer' | 'has_weights'>

/** The part of Kepler's ConfigMap that makes it ask this server for a model of this kind. */
export function keplerConfig(server: string, { output_type, source, trainer, has_weights }: Wanted): string {
  const key = `${output_type === 'DynPower' ? 'PROCESS' : 'NODE'}_${source.startsWith('rapl') ? 'COMPONENTS' : 'TOTAL'}`
  const kind = has_weights
    ? ['# Kepler evaluates the weights itself; with true, the estimator beside it does.', `${key}_ESTIMATOR=false`]
    : ['# No weights: the estimator beside Kepler evaluates it.', `${key}_ESTIMATOR=true`]
  const lines = [...kind, `${key}_TRAINER=${trainer}`]
  return [
    'MODEL_SERVER_ENABLE: "true"',
    `MODEL_SERVER_URL: ${JSON.stringify(server.replace(/\/$/, ''))}`,
    'MODEL_CONFIG: |',
    ...lines.map((line) => `  ${line}`),
  ].join('\n')
}
