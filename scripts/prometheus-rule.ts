import { readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'

/** The rules of deploy/alerts.yml as the operator of Prometheus wants them. */
export function prometheusRule(): string {
  const { groups } = parse(readFileSync('deploy/alerts.yml', 'utf8'))
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'kepler-power-models', labels: { 'app.kubernetes.io/part-of': 'kepler' } },
    spec: { groups },
  }
  return `# Made by \`npm run docs\` from deploy/alerts.yml. Change that file, not this one.\n${stringify(rule, { blockQuote: 'literal' })}`
}
