import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const deployed = (path: string) => readFileSync(fileURLToPath(new URL(`../../deploy/${path}`, import.meta.url)), 'utf8')

export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export function alertRules(): readonly AlertRule[] {
  const { groups } = parse(deployed('alerts.yml')) as { groups: { rules: AlertRule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

/** What the dashboard asks Prometheus, with values for Grafana's variables. */
export function dashboardExpressions(): readonly string[] {
  const { panels, annotations } = JSON.parse(deployed('grafana/dashboards/kepler-power-models.json')) as {
    panels: { targets?: { expr: string }[] }[]
    annotations: { list: { expr: string }[] }
  }
  const targets = [...panels.flatMap(({ targets = [] }) => targets), ...annotations.list]
  return targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m').replace(/\$(instance|pipeline)\b/g, '.*'))
}
