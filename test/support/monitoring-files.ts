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

interface Target {
  readonly expr: string
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly type: string; readonly targets?: readonly Target[] }[]
  readonly annotations: { readonly list: readonly Target[] }
}

function dashboard(): Dashboard {
  return JSON.parse(deployed('grafana/dashboards/kepler-power-models.json'))
}

/** With values for Grafana's variables. */
function asked({ expr }: Target, rateInterval: string): string {
  return expr
    .replaceAll('$__rate_interval', rateInterval)
    .replace(/\$(instance|pipeline)\b/g, '.*')
    .replaceAll('$zone', 'psys')
}

/** What the dashboard asks Prometheus. */
export function dashboardExpressions(): readonly string[] {
  const { panels, annotations } = dashboard()
  const targets = [...panels.flatMap(({ targets = [] }) => targets), ...annotations.list]
  return targets.map((target) => asked(target, '5m'))
}

/** What the panels of a row ask, by the panel's title. */
export function expressionsOfRow(row: string, rateInterval: string): ReadonlyMap<string, readonly string[]> {
  const { panels } = dashboard()
  const from = panels.findIndex(({ type, title }) => type === 'row' && title === row) + 1
  const next = panels.findIndex(({ type }, index) => index >= from && type === 'row')
  const own = from === 0 ? [] : panels.slice(from, next < 0 ? undefined : next)
  return new Map(own.map(({ title, targets = [] }) => [title, targets.map((target) => asked(target, rateInterval))]))
}
