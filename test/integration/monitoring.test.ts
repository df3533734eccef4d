import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { dashboardExpressions } from '../support/monitoring-files.js'
import { noPrometheus } from '../support/prometheus.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const deploy = fileURLToPath(new URL('../../deploy', import.meta.url))
const rules = join(deploy, 'alerts.yml')

/** Series and their values, one a minute, in promtool's notation: `1x10 0x60` is 1 and ten more of it, then 61 zeros. */
type Series = Readonly<Record<string, string>>

const slot = 'output_type="AbsPower",feature_group="BPFOnly",node_type="0",model="SGDRegressorTrainer_0",instance="t"'
const latency = (low: string, all: string): Series => ({
  'kepler_model_server_http_request_duration_seconds_bucket{instance="m",route="/model",le="0.1"}': low,
  'kepler_model_server_http_request_duration_seconds_bucket{instance="m",route="/model",le="1"}': all,
  'kepler_model_server_http_request_duration_seconds_bucket{instance="m",route="/model",le="+Inf"}': all,
})
const up = (values: string): Series =>
  Object.fromEntries(
    ['online-trainer', 'model-server', 'estimator', 'offline-trainer', 'power-meter'].map((job) => [
      `up{job="kepler-${job}",instance="${job}"}`,
      values,
    ]),
  )

const healthy: Series = {
  ...up('1x200'),
  ...latency('0+600x200', '0+600x200'),
  [`kepler_online_trainer_served_model_drift_ratio{source="acpi",${slot}}`]: '1.1x200',
  [`kepler_online_trainer_served_model_error_percent{source="acpi",${slot}}`]: '4x200',
  'kepler_online_trainer_served_version{instance="t"}': '7x200',
  'kepler_online_trainer_history_seconds{instance="t"}': '3600x200',
  'kepler_online_trainer_consecutive_failures{instance="t"}': '0 1 0x200',
  'kepler_online_trainer_last_round_timestamp_seconds{instance="t"}': '0+60x200',
  'kepler_online_trainer_machines{instance="t",state="metered"}': '1x200',
  'kepler_online_trainer_machines{instance="t",state="no_meter"}': '2x200',
  'kepler_online_trainer_guests{instance="t",state="joined"}': '3x200',
  'kepler_online_trainer_guests{instance="t",state="not_joined"}': '1x200',
  'kepler_online_trainer_guests{instance="t",state="no_label"}': '0x200',
  'kepler_online_trainer_pinned{instance="t"}': '0x200',
  'kepler_online_trainer_mended_samples_total{instance="t",kind="out of order"}': '3x200',
  'kepler_model_server_http_requests_total{instance="m",route="/model",status="200"}': '0+600x200',
  'kepler_model_server_http_requests_total{instance="m",route="/model",status="500"}': '0+6x200',
  'kepler_model_server_pipeline_errors{instance="m"}': '1x5 0x195',
  'kepler_model_server_pipeline_models{instance="m",pipeline="std_v0.7.11"}': '_x3 40x197',
  'kepler_model_server_pipeline_models{instance="m",pipeline="demo-0.1.0"}': '20x200',
  'kepler_estimator_model_info{instance="e",source="acpi",output_type="AbsPower",model_name="a"}': '1x200',
  'kepler_estimator_model_load_failures{instance="e",source="acpi",output_type="AbsPower"}': '0 1 2 3 0x196',
  'kepler_estimator_failures_total{instance="e",code="INVALID_REQUEST"}': '0+1x200',
  'kepler_estimator_estimates_total{instance="e"}': '0+60x200',
  'kepler_estimator_oversized_answers_total{instance="e"}': '2x200',
  'kepler_offline_trainer_job_duration_seconds_count{instance="o",state="failed"}': '0x100 1x100',
  'kepler_offline_trainer_jobs{instance="o",state="queued"}': '0x50 12x10 0x140',
  'kepler_meter_up{instance="power-meter"}': '1x50 0x3 1x147',
  'kepler_meter_real_meter{instance="power-meter"}': '0x200',
  'kepler_meter_up{instance="metal"}': '0x200',
  'kepler_meter_real_meter{instance="metal"}': '1x200',
  'kepler_meter_powercap_up{instance="power-meter"}': '1x50 0x3 1x147',
  'kepler_meter_out_of_range{instance="power-meter",zone="psys"}': '0x50 1x30 0x120',
}

const broken: Series = {
  ...up('1x10 0x60'),
  ...latency('0+300x70', '0+600x70'),
  [`kepler_online_trainer_served_model_drift_ratio{source="acpi",${slot}}`]: '1.1x10 5x60',
  [`kepler_online_trainer_served_model_error_percent{source="acpi",${slot}}`]: '4x10 45x60',
  'kepler_online_trainer_served_version{instance="t"}': '7x70',
  'kepler_online_trainer_consecutive_failures{instance="t"}': '0+1x70',
  'kepler_online_trainer_last_round_timestamp_seconds{instance="t"}': '0+60x10 600x60',
  'kepler_online_trainer_mended_samples_total{instance="t",kind="out of order"}': '0+3x70',
  'kepler_model_server_http_requests_total{instance="m",route="/model",status="200"}': '0+600x70',
  'kepler_model_server_http_requests_total{instance="m",route="/model",status="500"}': '0+60x70',
  'kepler_model_server_pipeline_errors{instance="m"}': '2x70',
  'kepler_model_server_pipeline_models{instance="m",pipeline="demo-0.1.0"}': '20x70',
  'kepler_estimator_model_info{instance="e",source="acpi",output_type="AbsPower",model_name=""}': '0x70',
  'kepler_estimator_model_load_failures{instance="e",source="acpi",output_type="AbsPower"}': '0+1x70',
  'kepler_estimator_failures_total{instance="e",code="NO_MODEL"}': '0+60x70',
  'kepler_estimator_oversized_answers_total{instance="e"}': '0+1x70',
  'kepler_offline_trainer_job_duration_seconds_count{instance="o",state="failed"}': '0+1x70',
  'kepler_offline_trainer_jobs{instance="o",state="queued"}': '12x70',
  'kepler_meter_up{instance="power-meter"}': '0x70',
  'kepler_meter_real_meter{instance="power-meter"}': '0x70',
  'kepler_meter_powercap_up{instance="power-meter"}': '0x70',
  'kepler_meter_out_of_range{instance="power-meter",zone="psys"}': '1x70',
}

/** What `broken` is not about. */
const blind: Series = {
  'kepler_online_trainer_served_version{instance="t"}': '7x1800',
  'kepler_online_trainer_history_seconds{instance="t"}': '3600x1800',
  'kepler_online_trainer_machines{instance="t",state="metered"}': '0x1800',
  'kepler_online_trainer_machines{instance="t",state="no_meter"}': '2x1800',
  'kepler_online_trainer_guests{instance="t",state="joined"}': '0x1800',
  'kepler_online_trainer_guests{instance="t",state="not_joined"}': '2x1800',
  'kepler_online_trainer_guests{instance="t",state="no_label"}': '1x1800',
  'kepler_online_trainer_pinned{instance="t"}': '1x1800',
}
const neverPublished: Series = {
  'kepler_online_trainer_served_version{instance="t"}': '0x200',
  'kepler_online_trainer_history_seconds{instance="t"}': '0+60x200',
  'kepler_online_trainer_machines{instance="t",state="metered"}': '1x200',
  'kepler_online_trainer_machines{instance="t",state="no_meter"}': '0x200',
}
const ofSilence = ['KeplerModelUnwatched', 'KeplerOnlineTrainerNoPowerMeter', 'KeplerOnlineTrainerNoGuest']
const ofTime = [...ofSilence, 'KeplerOnlineTrainerPinned', 'KeplerOnlineTrainerNeverPublished']

function promtool(...args: string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
}

describe('the dashboard, in a real Prometheus', { skip: noPrometheus }, () => {
  const folder = temporaryFolder()

  it('asks only what Prometheus understands', () => {
    const rules = dashboardExpressions().map((expr, i) => ({ record: `dashboard:expression:${i}`, expr }))
    const path = join(folder, 'dashboard.yml')
    writeFileSync(path, stringify({ groups: [{ name: 'dashboard', rules }] }))
    promtool('check', 'rules', path)
  })
})

describe('the alert rules, in a real Prometheus', { skip: noPrometheus }, () => {
  const folder = temporaryFolder()
  /** @param firing alerts by time since the begin, such as `1h` */
  function expectFiring(series: Series, firing: Readonly<Record<string, readonly string[]>>): void {
    const test = {
      rule_files: [rules],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: Object.entries(firing).map(([time, alerts]) => ({
            expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: time,
            exp_samples: alerts.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
          })),
        },
      ],
    }
    const path = join(folder, 'alerts.test.yml')
    writeFileSync(path, stringify(test))
    promtool('test', 'rules', path)
  }

  it('are valid, and so is the configuration that loads them', () => {
    promtool('check', 'rules', '--lint=all', '--lint-fatal', rules)
    promtool('check', 'config', '--syntax-only', '--lint-fatal', join(deploy, 'prometheus.yml'))
  })
  it('leave everybody asleep while all is well, and for errors that pass', () => {
    expectFiring(healthy, { '5m': [], '1h': [], '3h': [] })
  })
  it('have an alert for each trouble', () => {
    const text = readFileSync(rules, 'utf8')
    const names = [...text.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!)
    expectFiring(broken, { '1h': names.filter((name) => !ofTime.includes(name)) })
  })
  it('say nothing of a drift that is learnt away, nor of one that is small in watts', () => {
    expectFiring(
      {
        [`kepler_online_trainer_served_model_drift_ratio{source="acpi",${slot}}`]: '1.1x10 5x12 1.2x60',
        [`kepler_online_trainer_served_model_error_percent{source="acpi",${slot}}`]: '4x10 45x12 4x60',
        [`kepler_online_trainer_served_model_drift_ratio{source="rapl-sysfs",${slot}}`]: '6x82',
        [`kepler_online_trainer_served_model_error_percent{source="rapl-sysfs",${slot}}`]: '2x82',
      },
      { '20m': [], '1h': [] },
    )
  })
  it('tell of machines without a meter, of guests that are not joined, and of a rollback that was forgotten', () => {
    expectFiring(blind, { '30m': [], '2h': ofSilence, '26h': [...ofSilence, 'KeplerOnlineTrainerPinned'] })
  })
  it('tell when there are measurements, but never a model', () => {
    expectFiring(neverPublished, { '1h': [], '3h': ['KeplerOnlineTrainerNeverPublished'] })
  })
})
